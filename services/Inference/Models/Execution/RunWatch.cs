using System.Collections.Concurrent;

namespace ModelOps.Inference.Models.Execution;

/// <summary>
/// Looks at every run under way a few times a second: one that lasts too long or that nobody waits for is stopped, and while runs hold
/// threads of the pool, the pool gets as many more, so that other models and the protocols keep theirs.
/// </summary>
internal sealed class RunWatch : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan HoldsThread = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentDictionary<ModelInstance, bool> _instances = [];
    private readonly TimeProvider _clock;
    private readonly ManualResetEventSlim _stopped = new();
    private readonly int _minThreads;
    private int _held;

    public RunWatch(TimeProvider clock)
    {
        _clock = clock;
        ThreadPool.GetMinThreads(out _minThreads, out _);
        new Thread(Loop) { IsBackground = true, Name = "run watch" }.Start(); // not a timer: those need a thread of the pool, which may have none left
    }

    public void Add(ModelInstance instance) => _instances[instance] = true;

    public void Remove(ModelInstance instance) => _instances.TryRemove(instance, out _);

    public void Dispose() => _stopped.Set();

    private void Loop()
    {
        while (!_stopped.Wait(Period))
        {
            Look();
        }
    }

    private void Look()
    {
        var held = 0;
        foreach (var (instance, _) in _instances)
        {
            if (instance.Guard.Age(_clock) is not { } age)
            {
                continue;
            }
            held += age > HoldsThread ? 1 : 0;
            if (age > instance.Limits.MaxRunTime)
            {
                instance.Guard.Stop(tookTooLong: true);
            }
            else if (instance.IsAbandoned)
            {
                instance.Guard.Stop(tookTooLong: false);
            }
        }
        if (Interlocked.Exchange(ref _held, held) != held)
        {
            ThreadPool.GetMinThreads(out _, out var completionPorts);
            ThreadPool.SetMinThreads(_minThreads + held, completionPorts);
        }
    }
}

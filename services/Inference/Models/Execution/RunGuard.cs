using Microsoft.ML.OnnxRuntime;

namespace ModelOps.Inference.Models.Execution;

/// <summary>The options of an instance's runs, by which a run that lasts too long, or that nobody waits for, is stopped.</summary>
internal sealed class RunGuard(RunOptions options) : IDisposable
{
    private readonly Lock _lock = new();
    private long _startedAt;
    private bool _running;

    public RunOptions Options => options;

    /// <summary>True when the last run was stopped because it took too long.</summary>
    public bool TookTooLong { get; private set; }

    public void Start(long timestamp)
    {
        lock (_lock)
        {
            (_running, _startedAt, TookTooLong) = (true, timestamp, false);
        }
    }

    /// <summary>Ends the run, in whatever way it went. No stop can reach the next run.</summary>
    public void End()
    {
        lock (_lock)
        {
            _running = false;
            if (options.Terminate)
            {
                options.Terminate = false;
            }
        }
    }

    /// <summary>How long the run under way lasts; null when there is none.</summary>
    public TimeSpan? Age(TimeProvider clock)
    {
        lock (_lock)
        {
            return _running ? clock.GetElapsedTime(_startedAt) : null;
        }
    }

    /// <summary>Makes ONNX Runtime give up between two operators; the run then fails.</summary>
    public void Stop(bool tookTooLong)
    {
        lock (_lock)
        {
            if (_running)
            {
                TookTooLong |= tookTooLong;
                options.Terminate = true;
            }
        }
    }

    public void Dispose() => options.Dispose();
}

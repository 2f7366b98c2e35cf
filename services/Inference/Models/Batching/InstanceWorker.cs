using ModelOps.Inference.Models.Execution;

namespace ModelOps.Inference.Models.Batching;

/// <summary>
/// Where an instance runs: on the shared thread pool, behind what is queued there already, so that requests that are still being
/// read get into the batch; or on a thread of its own, for a model whose runs would hold up everybody else's.
/// </summary>
internal sealed class InstanceWorker : IThreadPoolWorkItem, IDisposable
{
    private readonly Action<InstanceWorker> _serve;
    private readonly SemaphoreSlim? _starts;
    private volatile bool _isDisposed;

    /// <param name="instance">What runs.</param>
    /// <param name="serve">What is done at each start.</param>
    /// <param name="hasThread">Whether it has a thread of its own.</param>
    public InstanceWorker(ModelInstance instance, Action<InstanceWorker> serve, bool hasThread)
    {
        (Instance, _serve) = (instance, serve);
        if (hasThread)
        {
            _starts = new SemaphoreSlim(0);
            new Thread(Loop) { IsBackground = true, Name = "model instance" }.Start();
        }
    }

    public ModelInstance Instance { get; }

    /// <summary>Requests that were found to be given up, on their way out of the queue.</summary>
    public List<QueuedRun> Gone { get; } = [];

    public void Start()
    {
        if (_starts is { } starts)
        {
            starts.Release();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute() => _serve(this);

    public void Dispose()
    {
        _isDisposed = true;
        _starts?.Release();
    }

    private void Loop()
    {
        while (true)
        {
            _starts!.Wait();
            if (_isDisposed)
            {
                break;
            }
            _serve(this);
        }
        _starts.Dispose();
    }
}

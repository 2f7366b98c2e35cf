using ModelOps.Inference.Models.Execution;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models.Batching;

/// <summary>
/// Brings requests to the instances of a model. A request that is alone, or gains nothing from company, runs at once on its caller's thread;
/// otherwise what queues up while the instances are busy, or while the processors still read other requests, goes together.
/// </summary>
internal sealed class BatchScheduler : IDisposable
{
    private const int MostRecycled = 256;
    private readonly BatchRules _rules;
    private readonly RunQueue _queue;
    private readonly ModelStatistics _statistics;
    private readonly TimeProvider _clock;
    private readonly RunWatch _watch;
    private readonly Lock _lock = new();
    private readonly InstanceWorker[] _workers;
    private readonly Stack<InstanceWorker> _idle;
    private readonly Stack<QueuedRun> _recycled = new();
    private readonly ITimer _timer;
    private int _starting;
    private long _timerAt = long.MaxValue;

    /// <param name="instances">What runs batches; they are disposed of by whoever made them.</param>
    /// <param name="rules">When what goes.</param>
    /// <param name="callers">When a request runs on its caller's thread.</param>
    /// <param name="statistics">What is counted.</param>
    /// <param name="watch">Stops runs that last too long.</param>
    /// <param name="clock">The clock.</param>
    public BatchScheduler(
        IEnumerable<ModelInstance> instances, BatchRules rules, CallerRuns callers, ModelStatistics statistics, RunWatch watch, TimeProvider clock)
    {
        (_rules, Callers, _statistics, _watch, _clock) = (rules, callers, statistics, watch, clock);
        _queue = new RunQueue(rules);
        _workers = [.. instances.Select(instance => new InstanceWorker(instance, Serve, hasThread: callers == CallerRuns.Never))];
        _idle = new Stack<InstanceWorker>(_workers);
        _timer = clock.CreateTimer(_ => OnTime(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        foreach (var worker in _workers)
        {
            watch.Add(worker.Instance);
        }
    }

    public BatchRules Rules => _rules;

    public CallerRuns Callers { get; }

    public int Instances => _workers.Length;

    /// <summary>Runs a request, alone or with others.</summary>
    /// <param name="inputs">Its inputs; must stay as they are until it is completed.</param>
    /// <param name="outputs">The outputs that it wants.</param>
    /// <param name="demand">What it asks of the queue.</param>
    /// <param name="isAlone">True when no other request of the model is under way: there is nobody to wait for.</param>
    /// <param name="ct">Its caller. One that is gone is not run; a run that nobody waits for is stopped.</param>
    public ValueTask<Outcome<InferenceResult>> RunAsync(BoundInputs inputs, OutputSelection outputs, in RunDemand demand, bool isAlone, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        QueuedRun run;
        InstanceWorker? worker = null;
        var isDirect = false;
        lock (_lock)
        {
            if (_queue.Count >= Room && !MakeRoom())
            {
                _statistics.Failed(FailureReason.Rejected, 0);
                return ValueTask.FromResult<Outcome<InferenceResult>>(
                    new NotRun(RefusalKind.ResourceExhausted, $"{_rules.MaxQueued} requests are waiting for this model already"));
            }
            run = _recycled.TryPop(out var recycled) ? recycled : new QueuedRun(Recycle);
            run.Begin(inputs, outputs, _rules.HasRows ? inputs.Rows : 0, demand, ct);
            isDirect = MayRunOnCaller(isAlone) && _queue.Count == 0 && _idle.TryPop(out worker);
            if (!isDirect)
            {
                _queue.Add(run);
                _statistics.Queued();
                worker = NextWorker();
            }
        }
        var completion = run.Completion;
        if (isDirect)
        {
            worker!.Instance.Batch.Add(run);
            worker.Instance.RunBatch();
            Free(worker);
        }
        else
        {
            worker?.Start();
        }
        return completion;
    }

    private bool MayRunOnCaller(bool isAlone) => Callers switch
    {
        CallerRuns.Never => false,
        CallerRuns.WhenAlone => isAlone || _rules.MaxRows == 0,
        _ => true,
    };

    public void Dispose()
    {
        _timer.Dispose();
        foreach (var worker in _workers)
        {
            _watch.Remove(worker.Instance);
            worker.Dispose();
        }
    }

    /// <summary>Requests that may be in the queue: those that wait, and those that instances which are free or about to run will take.</summary>
    private int Room => _rules.MaxQueued + ((_idle.Count + _starting) * Math.Max(1, _rules.MaxRows));

    /// <summary>What a worker does when it is its turn: one batch, and again later if there is more. Between two batches others get the processor.</summary>
    private void Serve(InstanceWorker worker)
    {
        InstanceWorker? helper;
        var batch = worker.Instance.Batch;
        lock (_lock)
        {
            _starting--;
            var now = _clock.GetTimestamp();
            if (RowsToGo(now) is var rows and > 0)
            {
                _queue.Take(batch, rows, now, worker.Gone);
            }
            helper = batch.Count > 0 ? NextWorker() : null;
        }
        helper?.Start();
        Abandon(worker.Gone);
        if (batch.Count > 0)
        {
            _statistics.Dequeued(batch.Count);
            worker.Instance.RunBatch();
        }
        Free(worker);
    }

    /// <summary>A worker has nothing to do any more; if something waits, it or another one is started.</summary>
    private void Free(InstanceWorker worker)
    {
        InstanceWorker? next;
        lock (_lock)
        {
            _idle.Push(worker);
            next = NextWorker();
        }
        next?.Start();
    }

    /// <summary>The worker to start for what waits; null when nothing is ready to go, or one that will take it is on its way.</summary>
    private InstanceWorker? NextWorker()
    {
        if (_queue.Count == 0 || _idle.Count == 0 || _starting * Math.Max(1, _rules.MaxRows) >= Math.Max(1, _queue.Rows))
        {
            SetTimer(_queue.NextExpiry);
            return null;
        }
        var now = _clock.GetTimestamp();
        if (RowsToGo(now) == 0)
        {
            SetTimer(Math.Min(_queue.NextExpiry, now - _queue.Waited(now) + _rules.MaxDelay));
            return null;
        }
        SetTimer(_queue.NextExpiry);
        _starting++;
        return _idle.Pop();
    }

    /// <summary>How many rows go now; those that are late wait for nobody.</summary>
    private int RowsToGo(long now) => _queue.Rows == 0 ? Math.Max(1, _rules.MaxRows) : _rules.RowsToGo(_queue.Rows, _queue.Waited(now));

    private void SetTimer(long at)
    {
        if (at == _timerAt)
        {
            return;
        }
        _timerAt = at;
        var wait = at == long.MaxValue ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(_clock.GetElapsedTime(_clock.GetTimestamp(), at).TotalMilliseconds), 0, int.MaxValue - 1));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void OnTime()
    {
        InstanceWorker? worker;
        lock (_lock)
        {
            _timerAt = long.MaxValue;
            Sweep(_clock.GetTimestamp());
            worker = NextWorker();
        }
        worker?.Start();
    }

    private bool MakeRoom()
    {
        Sweep(_clock.GetTimestamp());
        return _queue.Count < Room;
    }

    private void Sweep(long now)
    {
        var gone = new List<QueuedRun>();
        _queue.Sweep(now, gone);
        Abandon(gone);
    }

    private void Abandon(List<QueuedRun> gone)
    {
        if (gone.Count == 0)
        {
            return;
        }
        _statistics.Dequeued(gone.Count);
        foreach (var run in gone)
        {
            var waited = _clock.GetTimestamp() - run.QueuedAt;
            if (run.Cancellation.IsCancellationRequested)
            {
                _statistics.Failed(FailureReason.Canceled, waited);
                run.Abandon();
            }
            else
            {
                _statistics.Failed(FailureReason.Rejected, waited);
                run.Complete(NotRun.Expired);
            }
        }
        gone.Clear();
    }

    private void Recycle(QueuedRun run)
    {
        lock (_lock)
        {
            if (_recycled.Count < MostRecycled)
            {
                _recycled.Push(run);
            }
        }
    }
}

using System.Collections.Concurrent;

namespace ModelOps.Inference.Models;

/// <summary>
/// What a version has done since it was loaded, as the protocol's statistics and Triton's metrics count it. Counting takes no lock
/// and no memory, so that it costs a request next to nothing. Durations are differences of the clock's timestamps.
/// </summary>
internal sealed class ModelStatistics(TimeProvider clock)
{
    /// <summary>Sizes of runs that are told apart; runs of further sizes count in the totals only.</summary>
    private const int MostBatchSizes = 1024;

    private readonly ConcurrentDictionary<int, BatchTotals> _batches = new();
    private readonly DurationTotal _success = new();
    private readonly DurationTotal _queue = new();
    private readonly DurationTotal _computeInput = new();
    private readonly DurationTotal _computeInfer = new();
    private readonly DurationTotal _computeOutput = new();
    private readonly DurationTotal _cacheHit = new();
    private readonly DurationTotal _cacheMiss = new();
    private readonly DurationTotal[] _failures = [new(), new(), new(), new()];
    private long _lastInference;
    private long _rows;
    private long _runs;
    private long _pending;
    private int _batchSizes;

    /// <summary>Where the distributions of the durations go; null: nowhere.</summary>
    public PhaseRecorder? Phases { private get; set; }

    /// <summary>When a request was last answered, in milliseconds since 1970; 0: never.</summary>
    public long LastInference => Interlocked.Read(ref _lastInference);

    /// <summary>Counts a request that the model answered. All requests of one run have that run's compute times.</summary>
    /// <param name="queueTicks">From its arrival to the start of its run's preparation.</param>
    /// <param name="inputTicks">Preparing the run's inputs.</param>
    /// <param name="inferTicks">The run.</param>
    /// <param name="outputTicks">Taking the outputs apart.</param>
    /// <param name="rows">Rows of the request; 1 where the model has no batch dimension.</param>
    public void Succeeded(long queueTicks, long inputTicks, long inferTicks, long outputTicks, int rows)
    {
        Phases?.Waited(queueTicks);
        _queue.Add(queueTicks);
        _computeInput.Add(inputTicks);
        _computeInfer.Add(inferTicks);
        _computeOutput.Add(outputTicks);
        _success.Add(queueTicks + inputTicks + inferTicks + outputTicks);
        Interlocked.Add(ref _rows, rows);
        Interlocked.Exchange(ref _lastInference, clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>Counts a request that was not answered.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="ticks">From its arrival to its end.</param>
    public void Failed(FailureReason reason, long ticks) => _failures[(int)reason].Add(ticks);

    /// <summary>Counts a run of the model.</summary>
    /// <param name="batchSize">Its rows; 1 where the model has no batch dimension.</param>
    /// <param name="inputTicks">Preparing its inputs.</param>
    /// <param name="inferTicks">The run.</param>
    /// <param name="outputTicks">Taking its outputs apart.</param>
    public void Executed(int batchSize, long inputTicks, long inferTicks, long outputTicks)
    {
        Phases?.Ran(inputTicks, inferTicks, outputTicks);
        Interlocked.Increment(ref _runs);
        if (BatchesOf(batchSize) is { } batches)
        {
            batches.Input.Add(inputTicks);
            batches.Infer.Add(inferTicks);
            batches.Output.Add(outputTicks);
        }
    }

    /// <summary>Counts a request that was answered from the cache; it counts as answered too, but no run and no row is counted.</summary>
    /// <param name="ticks">From its arrival to its answer.</param>
    public void CacheHit(long ticks)
    {
        _cacheHit.Add(ticks);
        _success.Add(ticks);
        Interlocked.Exchange(ref _lastInference, clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>Counts a request that was looked for in the cache and not found there.</summary>
    /// <param name="ticks">Looking for it and putting its answer in.</param>
    public void CacheMiss(long ticks) => _cacheMiss.Add(ticks);

    /// <summary>A request began to wait for its run.</summary>
    public void Queued() => Interlocked.Increment(ref _pending);

    /// <summary>Requests that waited do so no longer: their run began, or they gave up.</summary>
    public void Dequeued(int requests = 1) => Interlocked.Add(ref _pending, -requests);

    /// <summary>The counts now. Counts that go on meanwhile may be in one number and not yet in another.</summary>
    public StatisticsSnapshot Snapshot() => new()
    {
        LastInference = Interlocked.Read(ref _lastInference),
        Inferences = Interlocked.Read(ref _rows),
        Executions = Interlocked.Read(ref _runs),
        Pending = Interlocked.Read(ref _pending),
        Success = _success.Read(clock),
        Failures = [.. _failures.Select(failure => failure.Read(clock))],
        Queue = _queue.Read(clock),
        ComputeInput = _computeInput.Read(clock),
        ComputeInfer = _computeInfer.Read(clock),
        ComputeOutput = _computeOutput.Read(clock),
        CacheHit = _cacheHit.Read(clock),
        CacheMiss = _cacheMiss.Read(clock),
        Batches = [.. _batches.OrderBy(batch => batch.Key).Select(batch => batch.Value.Read(batch.Key, clock))],
    };

    private BatchTotals? BatchesOf(int size)
    {
        if (_batches.TryGetValue(size, out var known))
        {
            return known;
        }
        if (Volatile.Read(ref _batchSizes) >= MostBatchSizes)
        {
            return null;
        }
        var added = new BatchTotals();
        var kept = _batches.GetOrAdd(size, added);
        if (ReferenceEquals(kept, added))
        {
            Interlocked.Increment(ref _batchSizes);
        }
        return kept;
    }

    /// <summary>How often something happened, and how long it took together.</summary>
    private sealed class DurationTotal
    {
        private long _count;
        private long _ticks;

        public void Add(long ticks)
        {
            Interlocked.Increment(ref _count);
            Interlocked.Add(ref _ticks, ticks);
        }

        public DurationSum Read(TimeProvider clock)
        {
            var ticks = (Int128)Interlocked.Read(ref _ticks);
            return new(Interlocked.Read(ref _count), (long)(ticks * 1_000_000_000 / clock.TimestampFrequency));
        }
    }

    /// <summary>Runs of one size.</summary>
    private sealed class BatchTotals
    {
        public DurationTotal Input { get; } = new();

        public DurationTotal Infer { get; } = new();

        public DurationTotal Output { get; } = new();

        public BatchSnapshot Read(int size, TimeProvider clock) => new(size, Input.Read(clock), Infer.Read(clock), Output.Read(clock));
    }
}

/// <summary>Why a request was not answered, as Triton's metrics tell it apart.</summary>
internal enum FailureReason
{
    /// <summary>It was not let in, or waited too long: a full queue, a time-out there.</summary>
    Rejected = 0,

    /// <summary>Its caller gave it up.</summary>
    Canceled = 1,

    /// <summary>The model did not run on it.</summary>
    Backend = 2,

    /// <summary>Anything else.</summary>
    Other = 3,
}

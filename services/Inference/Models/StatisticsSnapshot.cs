namespace ModelOps.Inference.Models;

/// <summary>A version's statistics at one moment.</summary>
internal sealed record StatisticsSnapshot
{
    /// <summary>When a request was last answered, in milliseconds since 1970; 0: never.</summary>
    public required long LastInference { get; init; }

    /// <summary>Rows that were run; answers from the cache do not count.</summary>
    public required long Inferences { get; init; }

    /// <summary>Runs.</summary>
    public required long Executions { get; init; }

    /// <summary>Requests that wait for their run now.</summary>
    public required long Pending { get; init; }

    /// <summary>Requests that were answered, from the cache too.</summary>
    public required DurationSum Success { get; init; }

    /// <summary>Requests that were not, in the order of <see cref="FailureReason"/>.</summary>
    public required IReadOnlyList<DurationSum> Failures { get; init; }

    /// <summary>Waiting for a run.</summary>
    public required DurationSum Queue { get; init; }

    /// <summary>Preparing inputs.</summary>
    public required DurationSum ComputeInput { get; init; }

    /// <summary>Running.</summary>
    public required DurationSum ComputeInfer { get; init; }

    /// <summary>Taking outputs apart.</summary>
    public required DurationSum ComputeOutput { get; init; }

    /// <summary>Answers from the cache.</summary>
    public required DurationSum CacheHit { get; init; }

    /// <summary>Requests that the cache had no answer for.</summary>
    public required DurationSum CacheMiss { get; init; }

    /// <summary>Runs by their size, smallest first.</summary>
    public required IReadOnlyList<BatchSnapshot> Batches { get; init; }
}

/// <summary>How often something happened, and how long it took together.</summary>
internal readonly record struct DurationSum(long Count, long Nanoseconds);

/// <summary>Runs of one size.</summary>
/// <param name="Size">Rows of each.</param>
/// <param name="Input">Preparing their inputs.</param>
/// <param name="Infer">The runs.</param>
/// <param name="Output">Taking their outputs apart.</param>
internal sealed record BatchSnapshot(int Size, DurationSum Input, DurationSum Infer, DurationSum Output);

using ModelOps.Serving;

namespace ModelOps.Inference.Models.Batching;

/// <summary>When what is queued goes, and how much of it. Times are timestamps of the clock.</summary>
/// <param name="HasRows">Whether the first dimension of the model's tensors is a batch dimension.</param>
/// <param name="MaxRows">Most rows of a batch; 0: requests go one by one.</param>
/// <param name="MaxDelay">How long the oldest request waits for others; 0: not at all.</param>
/// <param name="Preferred">Sizes at which a batch goes before the delay is over, ascending.</param>
/// <param name="MaxQueued">Most requests that wait.</param>
/// <param name="Timeout">How long a request may wait; 0: as long as its caller does.</param>
/// <param name="DelaysExpired">True when a request that waited too long runs when nothing else waits; false when it is refused.</param>
/// <param name="AllowsOverride">Whether a request may name a time-out of its own.</param>
/// <param name="Levels">Levels of priority.</param>
/// <param name="DefaultLevel">Level of a request that names none, 0 is the highest.</param>
internal sealed record BatchRules(
    bool HasRows, int MaxRows, long MaxDelay, IReadOnlyList<int> Preferred, int MaxQueued, long Timeout, bool DelaysExpired, bool AllowsOverride, int Levels, int DefaultLevel)
{
    /// <param name="wanted">What the version wants.</param>
    /// <param name="hasRows">Whether the model has a batch dimension.</param>
    /// <param name="maxQueued">Most requests that wait, where the version does not say.</param>
    /// <param name="ticksPerSecond">Timestamps per second.</param>
    public static BatchRules Of(BatchingConfiguration wanted, bool hasRows, int maxQueued, long ticksPerSecond) => new(
        hasRows,
        hasRows && wanted.Enabled != false ? wanted.MaxBatchSize : 0,
        Ticks(wanted.MaxQueueDelayMicroseconds, ticksPerSecond),
        wanted.PreferredBatchSizes,
        wanted.MaxQueueSize ?? maxQueued,
        Ticks(wanted.QueueTimeoutMicroseconds, ticksPerSecond),
        wanted.TimeoutAction == QueueTimeoutAction.Delay,
        wanted.AllowTimeoutOverride,
        wanted.PriorityLevels,
        DefaultPriority(wanted) - 1);

    /// <summary>Priority of a request that names none, 1 is the highest: the one that is set, or the middle one.</summary>
    public static int DefaultPriority(BatchingConfiguration wanted) =>
        wanted.DefaultPriorityLevel > 0 ? wanted.DefaultPriorityLevel : 1 + ((wanted.PriorityLevels - 1) / 2);

    /// <summary>How many rows go now.</summary>
    /// <param name="queued">Rows that wait.</param>
    /// <param name="waited">How long the oldest of them has.</param>
    /// <returns>0: none yet.</returns>
    public int RowsToGo(int queued, long waited)
    {
        if (queued >= MaxRows || waited >= MaxDelay)
        {
            return Math.Max(1, MaxRows);
        }
        var reached = 0;
        foreach (var size in Preferred)
        {
            reached = size <= queued ? size : reached;
        }
        return reached;
    }

    /// <summary>What a request asks of the queue, by the parameters it came with.</summary>
    /// <param name="priority">Its priority, 1 is the highest; 0: not said. One below the lowest level counts as the lowest.</param>
    /// <param name="timeoutMicroseconds">Its time-out; 0: not said.</param>
    /// <param name="now">When it is queued.</param>
    /// <param name="ticksPerSecond">Timestamps per second.</param>
    public RunDemand Demand(ulong priority, long timeoutMicroseconds, long now, long ticksPerSecond)
    {
        var level = priority == 0 ? DefaultLevel : (int)Math.Min(priority, (ulong)Levels) - 1;
        var timeout = AllowsOverride && timeoutMicroseconds > 0 ? Ticks(timeoutMicroseconds, ticksPerSecond) : Timeout;
        return new(level, now, timeout > 0 && timeout < long.MaxValue - now ? now + timeout : long.MaxValue);
    }

    private static long Ticks(long microseconds, long ticksPerSecond) =>
        (long)Int128.Min(long.MaxValue, (Int128)microseconds * ticksPerSecond / 1_000_000);
}

using ModelOps.Inference.Models.Batching;
using ModelOps.Serving;

namespace ModelOps.Inference.Tests.Models.Batching;

public sealed class BatchRulesTests
{
    private const long TicksPerSecond = 1_000_000;

    [Theory]
    [InlineData(1, 0, 8)] // no delay: whatever waits goes
    [InlineData(8, 0, 8)]
    public void Without_a_delay_what_waits_goes(int queued, long waited, int rows) =>
        Assert.Equal(rows, Rules(new() { MaxBatchSize = 8 }).RowsToGo(queued, waited));

    [Theory]
    [InlineData(3, 0, 0)] // waits for more
    [InlineData(8, 0, 8)] // full
    [InlineData(9, 0, 8)]
    [InlineData(3, 500, 8)] // waited long enough
    [InlineData(4, 0, 4)] // a preferred size
    [InlineData(7, 0, 6)] // the largest preferred size that is reached
    public void With_a_delay_a_batch_goes_when_it_is_full_or_preferred_or_late(int queued, long waited, int rows) =>
        Assert.Equal(rows, Rules(new() { MaxBatchSize = 8, MaxQueueDelayMicroseconds = 500, PreferredBatchSizes = [4, 6] }).RowsToGo(queued, waited));

    [Fact]
    public void A_version_that_does_not_batch_gives_one_request_at_a_time()
    {
        Assert.Equal(0, Rules(new() { Enabled = false }).MaxRows);
        Assert.Equal(0, BatchRules.Of(new(), hasRows: false, maxQueued: 10, TicksPerSecond).MaxRows);
        Assert.Equal(1, Rules(new() { Enabled = false }).RowsToGo(5, 0));
    }

    [Theory]
    [InlineData(0UL, 0, 1)] // the middle of 1 to 3 is 2
    [InlineData(1UL, 0, 0)]
    [InlineData(3UL, 0, 2)]
    [InlineData(9UL, 0, 2)] // below the lowest is the lowest
    [InlineData(0UL, 3, 2)] // a default of its own
    public void A_request_takes_the_level_it_names(ulong priority, int defaultLevel, int level) =>
        Assert.Equal(level, Rules(new() { PriorityLevels = 3, DefaultPriorityLevel = defaultLevel }).Demand(priority, 0, now: 0, TicksPerSecond).Level);

    [Theory]
    [InlineData(0, 0, true, long.MaxValue)]
    [InlineData(100, 0, true, 1_100)]
    [InlineData(100, 50, true, 1_050)]
    [InlineData(100, 500, true, 1_500)]
    [InlineData(100, 50, false, 1_100)]
    [InlineData(0, long.MaxValue, true, long.MaxValue)]
    public void A_request_waits_as_long_as_it_or_the_version_says(long configured, long asked, bool allowed, long expires) =>
        Assert.Equal(expires, Rules(new() { QueueTimeoutMicroseconds = configured, AllowTimeoutOverride = allowed }).Demand(0, asked, now: 1_000, TicksPerSecond).ExpiresAt);

    private static BatchRules Rules(BatchingConfiguration wanted) => BatchRules.Of(wanted, hasRows: true, maxQueued: 10, TicksPerSecond);
}

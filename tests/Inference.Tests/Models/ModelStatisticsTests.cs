using ModelOps.Inference.Models;

namespace ModelOps.Inference.Tests.Models;

/// <summary>What a version counts of itself.</summary>
public sealed class ModelStatisticsTests
{
    private readonly ModelStatistics _statistics = new(TimeProvider.System);

    [Fact]
    public void Requests_that_shared_a_run_count_once_each_and_the_run_once()
    {
        _statistics.Succeeded(queueTicks: 10, inputTicks: 2, inferTicks: 30, outputTicks: 1, rows: 3);
        _statistics.Succeeded(queueTicks: 5, inputTicks: 2, inferTicks: 30, outputTicks: 1, rows: 1);
        _statistics.Executed(batchSize: 4, inputTicks: 2, inferTicks: 30, outputTicks: 1);

        var snapshot = _statistics.Snapshot();
        Assert.Equal((4, 1), (snapshot.Inferences, snapshot.Executions));
        Assert.Equal(new DurationSum(2, Nanoseconds(81)), snapshot.Success);
        Assert.Equal(new DurationSum(2, Nanoseconds(15)), snapshot.Queue);
        Assert.Equal(new DurationSum(2, Nanoseconds(60)), snapshot.ComputeInfer);
        var batch = Assert.Single(snapshot.Batches);
        Assert.Equal(new BatchSnapshot(4, new(1, Nanoseconds(2)), new(1, Nanoseconds(30)), new(1, Nanoseconds(1))), batch);
        Assert.True(snapshot.LastInference > 0);
    }

    [Fact]
    public void A_hit_in_the_cache_is_an_answer_without_a_run()
    {
        _statistics.CacheHit(7);
        _statistics.CacheMiss(3);

        var snapshot = _statistics.Snapshot();
        Assert.Equal((0, 0), (snapshot.Inferences, snapshot.Executions));
        Assert.Equal((1, 1, 1), (snapshot.Success.Count, snapshot.CacheHit.Count, snapshot.CacheMiss.Count));
    }

    [Fact]
    public void Failures_are_told_apart_by_reason()
    {
        _statistics.Failed(FailureReason.Rejected, 1);
        _statistics.Failed(FailureReason.Backend, 1);
        _statistics.Failed(FailureReason.Backend, 1);

        Assert.Equal([1, 0, 2, 0], _statistics.Snapshot().Failures.Select(failure => failure.Count));
    }

    [Fact]
    public void Callers_that_count_at_once_lose_nothing()
    {
        Parallel.For(0, 10_000, i =>
        {
            _statistics.Queued();
            _statistics.Executed(1 + (i % 7), 1, 1, 1);
            _statistics.Dequeued(1);
        });

        var snapshot = _statistics.Snapshot();
        Assert.Equal((10_000, 0), (snapshot.Executions, snapshot.Pending));
        Assert.Equal(10_000, snapshot.Batches.Sum(batch => batch.Infer.Count));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], snapshot.Batches.Select(batch => batch.Size));
    }

    [Fact]
    public void Sizes_beyond_those_told_apart_count_in_the_totals_only()
    {
        for (var size = 1; size <= 3000; size++)
        {
            _statistics.Executed(size, 1, 1, 1);
        }

        var snapshot = _statistics.Snapshot();
        Assert.Equal((3000, 1024), (snapshot.Executions, snapshot.Batches.Count));
    }

    [Fact]
    public void Counting_takes_no_memory()
    {
        _statistics.Executed(8, 1, 1, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            _statistics.Queued();
            _statistics.Dequeued(1);
            _statistics.Executed(8, 1, 1, 1);
            _statistics.Succeeded(1, 1, 1, 1, 8);
            _statistics.Failed(FailureReason.Canceled, 1);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static long Nanoseconds(long ticks) => ticks * 1_000_000_000 / TimeProvider.System.TimestampFrequency;
}

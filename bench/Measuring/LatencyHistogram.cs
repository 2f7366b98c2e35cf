using System.Diagnostics;
using System.Numerics;

namespace ModelOps.Bench.Measuring;

/// <summary>Latencies in buckets of 1.6 % width, so that recording allocates nothing and takes a few nanoseconds.</summary>
internal sealed class LatencyHistogram
{
    private const int StepsPerDoubling = 64;
    private const int StepBits = 6;
    private readonly long[] _counts = new long[64 * StepsPerDoubling];

    public long Count { get; private set; }

    public static LatencyHistogram Sum(IEnumerable<LatencyHistogram> parts)
    {
        var sum = new LatencyHistogram();
        foreach (var part in parts)
        {
            for (var bucket = 0; bucket < part._counts.Length; bucket++)
            {
                sum._counts[bucket] += part._counts[bucket];
            }
            sum.Count += part.Count;
        }
        return sum;
    }

    /// <param name="ticks">In units of <see cref="Stopwatch.Frequency"/>.</param>
    public void Add(long ticks)
    {
        _counts[BucketOf(Math.Max(ticks, 1))]++;
        Count++;
    }

    public TimeSpan Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(share * Count);
        var bucket = 0;
        for (var seen = _counts[0]; seen < wanted; seen += _counts[bucket])
        {
            bucket++;
        }
        return TimeSpan.FromSeconds(LowerEdgeOf(bucket) / (double)Stopwatch.Frequency);
    }

    /// <summary>The six bits after the leading one tell the step within a doubling.</summary>
    private static int BucketOf(long ticks)
    {
        var doubling = BitOperations.Log2((ulong)ticks);
        var step = doubling >= StepBits ? ticks >> (doubling - StepBits) : ticks << (StepBits - doubling);
        return (doubling * StepsPerDoubling) + (int)(step & (StepsPerDoubling - 1));
    }

    private static double LowerEdgeOf(int bucket)
    {
        var (doubling, step) = Math.DivRem(bucket, StepsPerDoubling);
        return Math.ScaleB(1 + ((double)step / StepsPerDoubling), doubling);
    }
}

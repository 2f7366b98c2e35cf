namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>A histogram with fixed upper bounds.</summary>
internal sealed class HistogramSeries(string labels, double[] bounds) : Series(labels)
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    public override void Record(double value)
    {
        if (double.IsNaN(value))
        {
            return; // belongs to no bucket and would spoil the sum for good
        }
        var index = Array.BinarySearch(bounds, value);
        Interlocked.Increment(ref _counts[index >= 0 ? index : ~index]);
        Add(ref _sum, value);
    }

    public override void Write(ExpositionWriter output, string family)
    {
        var seen = 0L;
        for (var index = 0; index < bounds.Length; index++)
        {
            seen += Volatile.Read(ref _counts[index]);
            output.Bucket(family, Labels, bounds[index], seen);
        }
        seen += Volatile.Read(ref _counts[^1]);
        output.Bucket(family, Labels, double.PositiveInfinity, seen);
        output.Sample($"{family}_sum", Labels, Volatile.Read(ref _sum));
        output.Sample($"{family}_count", Labels, seen); // the buckets' total, so that the two always agree
    }
}

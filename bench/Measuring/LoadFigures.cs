namespace ModelOps.Bench.Measuring;

/// <summary>What a load run measured.</summary>
/// <param name="PerSecond">Calls a second.</param>
/// <param name="P50Milliseconds">Median latency.</param>
/// <param name="P99Milliseconds">Latency that 99 % of the calls stay under.</param>
internal readonly record struct LoadFigures(double PerSecond, double P50Milliseconds, double P99Milliseconds)
{
    public static LoadFigures Of(IEnumerable<double> milliseconds, TimeSpan elapsed)
    {
        double[] sorted = [.. milliseconds.Order()];
        return new(sorted.Length / elapsed.TotalSeconds, sorted[sorted.Length / 2], sorted[(int)(sorted.Length * 0.99)]);
    }

    /// <summary>The median of each figure over several runs.</summary>
    public static LoadFigures MedianOf(IReadOnlyCollection<LoadFigures> runs) =>
        new(Median.Of(runs.Select(run => run.PerSecond)), Median.Of(runs.Select(run => run.P50Milliseconds)), Median.Of(runs.Select(run => run.P99Milliseconds)));
}

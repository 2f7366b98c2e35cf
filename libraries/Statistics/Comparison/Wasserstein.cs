namespace ModelOps.Statistics.Comparison;

/// <summary>First Wasserstein distance: how far the values moved on average, in their own unit.</summary>
public static class Wasserstein
{
    private const double SmallestDeviation = 0.001;

    /// <summary>The distance of two samples; non-finite numbers are dropped first.</summary>
    /// <exception cref="ArgumentException">A sample has no finite value.</exception>
    public static double Distance(ReadOnlySpan<double> reference, ReadOnlySpan<double> current) =>
        Distance(WeightedSample.Of(reference), WeightedSample.Of(current));

    /// <summary>The distance of two samples.</summary>
    public static double Distance(WeightedSample reference, WeightedSample current)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(current);
        double sum = 0, from = 0, height = 0;
        foreach (var (value, difference) in CumulativeDifference.Walk(reference, current))
        {
            sum += height * (value - from);
            from = value;
            height = Math.Abs(difference);
        }
        return sum;
    }

    /// <summary>The distance in standard deviations (population) of the reference, which count as at least 0.001.</summary>
    /// <exception cref="ArgumentException">A sample has no finite value.</exception>
    public static double Normed(ReadOnlySpan<double> reference, ReadOnlySpan<double> current) =>
        Normed(WeightedSample.Of(reference), WeightedSample.Of(current), Moments.Of(WeightedSample.Measured(reference)).Deviation);

    /// <summary>The distance in standard deviations of the reference, which count as at least 0.001.</summary>
    public static double Normed(WeightedSample reference, WeightedSample current, double referenceDeviation) =>
        Distance(reference, current) / Math.Max(referenceDeviation, SmallestDeviation);
}

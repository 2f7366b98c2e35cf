namespace ModelOps.Statistics.Comparison;

/// <summary>Mean and population standard deviation.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="Deviation">Standard deviation with divisor n.</param>
internal readonly record struct Moments(double Mean, double Deviation)
{
    /// <summary>Two passes, so that a large mean cancels no digits of a small spread.</summary>
    public static Moments Of(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (var value in values)
        {
            sum += value;
        }
        var mean = sum / values.Length;
        double squares = 0, residue = 0;
        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
            residue += value - mean;
        }
        return new Moments(mean, Math.Sqrt(Math.Max(0, (squares - (residue * residue / values.Length)) / values.Length)));
    }
}

namespace ModelOps.Statistics.Comparison;

/// <summary>Jensen-Shannon distance to the natural base: 0 for equal shares, at most the root of ln 2 (0.8326).</summary>
public static class JensenShannon
{
    /// <summary>Distance of rows counted by category, in the same order on both sides.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a side counts no row.</exception>
    public static double Distance(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var (all, now) = CountRules.Totals(reference, current);
        double sum = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            var (p, q) = (reference[i] / all, current[i] / now);
            sum += Term(p, (p + q) / 2) + Term(q, (p + q) / 2);
        }
        return Math.Sqrt(Math.Max(0, sum / 2));
    }

    private static double Term(double share, double middle) => share > 0 ? share * Math.Log(share / middle) : 0;
}

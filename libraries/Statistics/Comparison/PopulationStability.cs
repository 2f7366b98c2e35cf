namespace ModelOps.Statistics.Comparison;

/// <summary>
/// Population stability index: the sum over bins of (current - reference) ln(current / reference). By convention below 0.1 is stable,
/// above 0.25 a significant shift.
/// </summary>
public static class PopulationStability
{
    /// <summary>Bins when they are placed at quantiles.</summary>
    public const int Bins = 10;

    /// <summary>An empty bin counts as this share.</summary>
    private const double Floor = 1e-4;

    /// <summary>Index on bins between the deciles of the reference; non-finite numbers are dropped first.</summary>
    /// <exception cref="ArgumentException">A sample has no finite value.</exception>
    public static double OfSamples(ReadOnlySpan<double> reference, ReadOnlySpan<double> current) =>
        OfSamples(WeightedSample.Of(reference), WeightedSample.Of(current));

    /// <summary>Index on bins between the deciles of the reference.</summary>
    public static double OfSamples(WeightedSample reference, WeightedSample current)
    {
        var edges = Edges(reference);
        return OfCounts(Counts(reference, edges), Counts(current, edges));
    }

    /// <summary>Index of rows counted by bin or category, in the same order on both sides.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a side counts no row.</exception>
    public static double OfCounts(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var (all, now) = CountRules.Totals(reference, current);
        double sum = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            var (p, q) = (Math.Max(reference[i] / all, Floor), Math.Max(current[i] / now, Floor));
            sum += (q - p) * Math.Log(q / p);
        }
        return sum;
    }

    /// <summary>Interior edges: the distinct deciles, linearly interpolated between order statistics.</summary>
    internal static double[] Edges(WeightedSample reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var edges = new List<double>(Bins - 1);
        for (var k = 1; k < Bins; k++)
        {
            var rank = (reference.Rows - 1) * ((double)k / Bins);
            var below = Math.Floor(rank);
            var (low, high, fraction) = (reference.AtRank(below), reference.AtRank(below + 1), rank - below);
            // numpy's two-sided interpolation, which meets both ends exactly.
            var edge = fraction >= 0.5 ? high - ((high - low) * (1 - fraction)) : low + ((high - low) * fraction);
            if (edges.Count == 0 || edge > edges[^1])
            {
                edges.Add(edge);
            }
        }
        return [.. edges];
    }

    /// <summary>Rows in each bin (e[i-1], e[i]]; the outer bins are open.</summary>
    internal static double[] Counts(WeightedSample sample, double[] edges)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var counts = new double[edges.Length + 1];
        var bin = 0;
        for (var i = 0; i < sample.Values.Length; i++)
        {
            while (bin < edges.Length && edges[bin] < sample.Values[i])
            {
                bin++;
            }
            counts[bin] += sample.Cumulative[i] - (i == 0 ? 0 : sample.Cumulative[i - 1]);
        }
        return counts;
    }
}

namespace ModelOps.Statistics.Comparison;

/// <summary>
/// Numbers in ascending order, each standing for a number of rows: a raw sample (one row each), counts by value, or a thinned sample.
/// The statistics of this namespace take all three alike.
/// </summary>
public sealed class WeightedSample
{
    /// <summary>Numbers beyond this, like infinity, are no measurements and are dropped; squares and differences of the rest stay finite.</summary>
    public const double LargestMagnitude = 1e150;

    private readonly double[] _values;
    private readonly double[] _cumulative;

    /// <summary>Takes sorted values and, for each, the rows up to and including it.</summary>
    internal WeightedSample(double[] values, double[] cumulative)
    {
        _values = values;
        _cumulative = cumulative;
    }

    /// <summary>The values, ascending.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>For each value the rows that are not larger.</summary>
    public ReadOnlySpan<double> Cumulative => _cumulative;

    /// <summary>Rows in all.</summary>
    public double Rows => _cumulative[^1];

    /// <summary>A raw sample; NaN, infinite and absurdly large numbers are dropped.</summary>
    /// <exception cref="ArgumentException">Nothing is left.</exception>
    public static WeightedSample Of(ReadOnlySpan<double> values)
    {
        var kept = Measured(values);
        if (kept.Length == 0)
        {
            throw new ArgumentException("the sample has no finite value", nameof(values));
        }
        Array.Sort(kept);
        return new WeightedSample(kept, [.. Enumerable.Range(1, kept.Length).Select(rank => (double)rank)]);
    }

    /// <summary>Whether a number counts as a measurement.</summary>
    public static bool IsMeasured(double value) => Math.Abs(value) <= LargestMagnitude;

    /// <summary>The value at a rank, from 0.</summary>
    internal double AtRank(double rank)
    {
        var index = Array.BinarySearch(_cumulative, rank);
        // The value whose rows begin at or before the rank is the first with more rows up to it than the rank.
        return _values[Math.Min(index >= 0 ? index + 1 : ~index, _values.Length - 1)];
    }

    internal static double[] Measured(ReadOnlySpan<double> values)
    {
        var kept = new List<double>(values.Length);
        foreach (var value in values)
        {
            if (IsMeasured(value))
            {
                // Zero has one sign only, or equal rows could be written as different bytes.
                kept.Add(value + 0.0);
            }
        }
        return [.. kept];
    }
}

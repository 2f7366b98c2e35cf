using MathNet.Numerics;

namespace ModelOps.Statistics.Comparison;

/// <summary>Comparison of two shares.</summary>
/// <param name="Z">The pooled statistic; null when both shares are 0 or both 1.</param>
/// <param name="PValue">Two-sided p-value; 1 without a statistic.</param>
/// <param name="Difference">First share minus second.</param>
/// <param name="Low">Lower end of the 95 % interval of the difference, unpooled.</param>
/// <param name="High">Upper end.</param>
public readonly record struct TwoProportions(double? Z, double PValue, double Difference, double Low, double High)
{
    private const double Z95 = 1.959963984540054;

    /// <summary>The two-proportion z test.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A group is empty, or has more hits than rows.</exception>
    public static TwoProportions Test(long hits1, long rows1, long hits2, long rows2)
    {
        Refuse(hits1, rows1);
        Refuse(hits2, rows2);
        var (p1, p2) = ((double)hits1 / rows1, (double)hits2 / rows2);
        var pooled = ((double)hits1 + hits2) / ((double)rows1 + rows2);
        var error = Math.Sqrt(pooled * (1 - pooled) * ((1.0 / rows1) + (1.0 / rows2)));
        var half = Z95 * Math.Sqrt((p1 * (1 - p1) / rows1) + (p2 * (1 - p2) / rows2));
        double? z = error > 0 ? (p1 - p2) / error : null;
        // erfc keeps the digits of a small p-value that 1 - cdf loses.
        var pValue = z is { } value ? SpecialFunctions.Erfc(Math.Abs(value) / Constants.Sqrt2) : 1;
        return new TwoProportions(z, pValue, p1 - p2, p1 - p2 - half, p1 - p2 + half);
    }

    private static void Refuse(long hits, long rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(hits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hits, rows);
    }
}

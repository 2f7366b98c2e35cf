using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace ModelOps.Statistics.Comparison;

/// <summary>Interval of a share seen as hits among rows.</summary>
/// <param name="Low">Lower end, 0 to 1.</param>
/// <param name="High">Upper end, 0 to 1.</param>
public readonly record struct BinomialInterval(double Low, double High)
{
    /// <summary>Wilson's score interval: close to the stated confidence also for few rows and for shares near 0 and 1.</summary>
    /// <param name="hits">Hits, 0 to rows.</param>
    /// <param name="rows">Rows, over 0.</param>
    /// <param name="confidence">Confidence in (0,1), such as 0.95.</param>
    public static BinomialInterval Wilson(long hits, long rows, double confidence)
    {
        Refuse(hits, rows, confidence);
        var z = Normal.InvCDF(0, 1, (1 + confidence) / 2);
        var (share, z2) = ((double)hits / rows, z * z);
        var middle = share + (z2 / (2 * rows));
        var half = z * Math.Sqrt((share * (1 - share) / rows) + (z2 / (4.0 * rows * rows)));
        var scale = 1 + (z2 / rows);
        return new BinomialInterval(hits == 0 ? 0 : (middle - half) / scale, hits == rows ? 1 : (middle + half) / scale);
    }

    /// <summary>The interval of Clopper and Pearson: never less than the stated confidence.</summary>
    /// <param name="hits">Hits, 0 to rows.</param>
    /// <param name="rows">Rows, over 0.</param>
    /// <param name="confidence">Confidence in (0,1), such as 0.999.</param>
    public static BinomialInterval Exact(long hits, long rows, double confidence)
    {
        Refuse(hits, rows, confidence);
        var tail = (1 - confidence) / 2;
        return new BinomialInterval(
            hits == 0 ? 0 : BetaQuantile(hits, rows - hits + 1, tail),
            hits == rows ? 1 : BetaQuantile(hits + 1, rows - hits, 1 - tail));
    }

    /// <summary>Bisection: the distribution function is monotone, so it always ends at the nearest double.</summary>
    private static double BetaQuantile(double a, double b, double probability)
    {
        double low = 0, high = 1;
        for (var middle = 0.5; low < middle && middle < high; middle = (low + high) / 2)
        {
            if (SpecialFunctions.BetaRegularized(a, b, middle) < probability)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }
        return high;
    }

    private static void Refuse(long hits, long rows, double confidence)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(hits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hits, rows);
        if (confidence is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "the confidence must be between 0 and 1");
        }
    }
}

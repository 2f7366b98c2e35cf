using MathNet.Numerics;

namespace ModelOps.Statistics.Metrics;

/// <summary>A value with its 95 % confidence interval.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Estimate(double Value, double Low, double High);

/// <summary>Areas under the ROC curve of two models on the same rows, compared as DeLong does: their correlation counts.</summary>
/// <param name="A">Area of the first model; the interval is cut at 0 and 1.</param>
/// <param name="B">Area of the second model.</param>
/// <param name="Difference">Second area minus first, with the interval of the paired difference.</param>
/// <param name="PValue">Two-sided p-value of no difference; 1 when the difference has no spread and is 0.</param>
public sealed record PairedRocAuc(Estimate A, Estimate B, Estimate Difference, double PValue)
{
    private const double Z95 = 1.959963984540054;

    /// <summary>Compares two models.</summary>
    /// <param name="labels">0 or 1 a row; at least one of each.</param>
    /// <param name="a">Scores of the first model.</param>
    /// <param name="b">Scores of the second model.</param>
    /// <exception cref="ArgumentException">Lengths differ, a label is neither 0 nor 1, a score is NaN, or a class is absent.</exception>
    public static PairedRocAuc Compare(int[] labels, double[] a, double[] b)
    {
        ArgumentNullException.ThrowIfNull(labels);
        BinaryMetrics.Refuse(labels, a);
        BinaryMetrics.Refuse(labels, b);
        var positives = labels.Sum();
        if (positives == 0 || positives == labels.Length)
        {
            throw new ArgumentException("the area under the curve needs both classes", nameof(labels));
        }

        var (first, second) = (Placements.Of(labels, a), Placements.Of(labels, b));
        var variance = first.Covariance(first) + second.Covariance(second) - (2 * first.Covariance(second));
        var error = Math.Sqrt(Math.Max(0, variance));
        var difference = second.Area - first.Area;
        // Two equal models have no spread at all, up to rounding.
        var p = error > 1e-12 ? SpecialFunctions.Erfc(Math.Abs(difference) / error / Constants.Sqrt2) : Math.Abs(difference) < 1e-12 ? 1 : 0;
        return new PairedRocAuc(
            Area(first), Area(second), new Estimate(difference, difference - (Z95 * error), difference + (Z95 * error)), p);
    }

    private static Estimate Area(Placements model)
    {
        var half = Z95 * Math.Sqrt(model.Covariance(model));
        return new Estimate(model.Area, Math.Max(0, model.Area - half), Math.Min(1, model.Area + half));
    }
}

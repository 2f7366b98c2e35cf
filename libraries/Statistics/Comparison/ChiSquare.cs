using MathNet.Numerics;

namespace ModelOps.Statistics.Comparison;

/// <summary>Pearson's chi-square test of independence in a table of two rows: do both sides have the same shares?</summary>
public static class ChiSquare
{
    /// <summary>Tests rows counted by category. Categories empty on both sides are left out; one category is no evidence (p = 1).</summary>
    /// <param name="reference">Counts of one side.</param>
    /// <param name="current">Counts of the other side, in the same order.</param>
    /// <param name="yates">Whether two categories get the continuity correction.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a side counts no row.</exception>
    public static TestResult Contingency(ReadOnlySpan<double> reference, ReadOnlySpan<double> current, bool yates)
    {
        var (all, now) = CountRules.Totals(reference, current);
        var categories = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            categories += reference[i] + current[i] > 0 ? 1 : 0;
        }
        if (categories < 2)
        {
            return new TestResult(0, 1);
        }

        double statistic = 0;
        var correction = yates && categories == 2 ? 0.5 : 0;
        for (var i = 0; i < reference.Length; i++)
        {
            var expected = (reference[i] + current[i]) / (all + now) * all;
            if (reference[i] + current[i] > 0)
            {
                statistic += Term(reference[i], expected, correction) + Term(current[i], reference[i] + current[i] - expected, correction);
            }
        }
        return new TestResult(statistic, Survival(statistic, categories - 1));
    }

    /// <summary>Chance that a chi-square variable is at least this.</summary>
    internal static double Survival(double statistic, int degrees) =>
        statistic <= 0 ? 1 : SpecialFunctions.GammaUpperRegularized(degrees / 2.0, statistic / 2);

    private static double Term(double observed, double expected, double correction)
    {
        var difference = Math.Abs(observed - expected);
        difference -= Math.Min(correction, difference);
        return difference * difference / expected;
    }
}

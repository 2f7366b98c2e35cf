using MathNet.Numerics;

namespace ModelOps.Statistics.Comparison;

/// <summary>Distribution of the one-sample, two-sided Kolmogorov-Smirnov distance for a finite size (scipy's kstwo).</summary>
internal static class KolmogorovDistribution
{
    /// <summary>Below this size the exact matrix product is cheap everywhere it is needed.</summary>
    private const int SmallSize = 140;

    /// <summary>Chance of a distance of at least this.</summary>
    public static double Survival(long n, double distance)
    {
        if (distance >= 1)
        {
            return 0;
        }
        var t = n * distance;
        if (t <= 0.5)
        {
            return 1;
        }
        if (t <= 1)
        {
            return -Math.Exp(SpecialFunctions.GammaLn(n + 1.0) - (n * Math.Log(n)) + (n * Math.Log((2 * t) - 1))) + 1;
        }
        var squared = t * distance;
        // Far out leaving on both sides is impossible or negligible, and the one-sided distribution is a sum of positive terms.
        if (distance >= 0.5 || squared >= (n <= SmallSize ? 4 : 2.2))
        {
            return Math.Clamp(2 * OneSidedSurvival(n, distance), 0, 1);
        }
        var cumulative = n <= SmallSize || (n <= 100_000 && n * Math.Pow(distance, 1.5) <= 1.4)
            ? MatrixProduct.Cumulative((int)n, distance)
            : PelzGood.Cumulative(n, distance);
        return Math.Clamp(1 - cumulative, 0, 1);
    }

    /// <summary>Smirnov's sum for the one-sided distance.</summary>
    private static double OneSidedSurvival(long n, double distance)
    {
        var last = (long)Math.Floor(n * (1 - distance));
        var all = SpecialFunctions.GammaLn(n + 1.0);
        double sum = 0;
        for (long j = 0; j <= last; j++)
        {
            var rest = 1 - distance - ((double)j / n);
            if (rest <= 0)
            {
                break;
            }
            var log = all - SpecialFunctions.GammaLn(j + 1.0) - SpecialFunctions.GammaLn(n - j + 1.0)
                + ((j - 1) * Math.Log(distance + ((double)j / n))) + ((n - j) * Math.Log(rest));
            sum += Math.Exp(log + Math.Log(distance));
        }
        return sum;
    }
}

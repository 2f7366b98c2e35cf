namespace ModelOps.Statistics.Comparison;

/// <summary>Two-sample Kolmogorov-Smirnov test, two-sided, as scipy's ks_2samp computes it; non-finite numbers are dropped first.</summary>
public static class KolmogorovSmirnov
{
    /// <summary>Up to this many rows on both sides the p-value is exact.</summary>
    public const int ExactRows = 10_000;

    /// <summary>Largest distance of the two cumulative distributions, 0 to 1.</summary>
    public static double Statistic(WeightedSample reference, WeightedSample current)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(current);
        double largest = 0;
        foreach (var (_, difference) in CumulativeDifference.Walk(reference, current))
        {
            largest = Math.Max(largest, Math.Abs(difference));
        }
        return Math.Min(largest, 1);
    }

    /// <summary>Statistic and p-value: exact up to <see cref="ExactRows"/>, asymptotic above.</summary>
    /// <exception cref="ArgumentException">A sample has no finite value.</exception>
    public static TestResult Test(ReadOnlySpan<double> reference, ReadOnlySpan<double> current) =>
        Test(WeightedSample.Of(reference), WeightedSample.Of(current));

    /// <summary>Statistic and p-value: exact up to <see cref="ExactRows"/>, asymptotic above.</summary>
    public static TestResult Test(WeightedSample reference, WeightedSample current)
    {
        var statistic = Statistic(reference, current);
        var (n, m) = ((long)Math.Round(reference.Rows), (long)Math.Round(current.Rows));
        var p = Math.Max(n, m) <= ExactRows ? ExactPValue(statistic, (int)n, (int)m) : AsymptoticPValue(statistic, n, m);
        return new TestResult(statistic, p);
    }

    /// <summary>p-value by the one-sample distribution at the effective size nm/(n+m).</summary>
    public static double AsymptoticPValue(double statistic, long n, long m)
    {
        var size = (long)Math.Round((double)n * m / (n + m));
        // One row against one row: whatever they are, they say nothing.
        return size == 0 ? 1 : KolmogorovDistribution.Survival(size, statistic);
    }

    /// <summary>
    /// Share of the orderings of both samples whose distance is at least this. An ordering is a lattice path; the chance that a path to (i, j)
    /// has left the band follows from its last step, so only sums of positive terms occur and tiny p-values keep their digits.
    /// </summary>
    public static double ExactPValue(double statistic, int n, int m)
    {
        var (large, small) = (Math.Max(n, m), Math.Min(n, m));
        var divisor = GreatestCommonDivisor(large, small);
        long stepLarge = large / divisor, stepSmall = small / divisor;
        var limit = (long)Math.Round(statistic * stepLarge * small);
        if (limit == 0)
        {
            return 1;
        }

        // outside[j]: chance that a path to (i, j) touched |i*stepSmall - j*stepLarge| >= limit.
        var outside = new double[small + 1];
        for (var i = 0; i <= large; i++)
        {
            // Beyond the band every path is out. It moves by at most one a column, so one element on either side is enough.
            var first = Math.Max(0, FloorDivide((i * stepSmall) - limit, stepLarge) + 1);
            var last = Math.Min(small, ((i * stepSmall) + limit - 1) / stepLarge);
            if (first > last)
            {
                return 1;
            }
            if (first > 0)
            {
                outside[first - 1] = 1;
            }
            for (var j = first; j <= last; j++)
            {
                var before = i > 0 ? outside[j] * i : 0;
                var below = j > 0 ? outside[j - 1] * j : 0;
                outside[j] = i + j == 0 ? 0 : (before + below) / (i + j);
            }
            if (last < small)
            {
                outside[last + 1] = 1;
            }
        }
        return Math.Clamp(outside[small], 0, 1);
    }

    private static long FloorDivide(long value, long by) => (value / by) - (value % by < 0 ? 1 : 0);

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }
        return a;
    }
}

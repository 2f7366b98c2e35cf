namespace ModelOps.Statistics.Comparison;

/// <summary>What holds for rows counted by category on two sides.</summary>
internal static class CountRules
{
    public static (double Reference, double Current) Totals(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        if (reference.Length != current.Length)
        {
            throw new ArgumentException(
                $"{reference.Length} reference counts for {current.Length} current ones; both must count the same categories", nameof(current));
        }
        var (all, now) = (Sum(reference), Sum(current));
        if (!(all > 0) || !(now > 0))
        {
            throw new ArgumentException("a side counts no row", nameof(current));
        }
        return (all, now);
    }

    private static double Sum(ReadOnlySpan<double> counts)
    {
        double sum = 0;
        foreach (var count in counts)
        {
            sum += count >= 0 ? count : throw new ArgumentException($"a count is {count}; it must not be negative", nameof(counts));
        }
        return sum;
    }
}

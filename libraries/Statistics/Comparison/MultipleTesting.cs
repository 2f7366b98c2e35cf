namespace ModelOps.Statistics.Comparison;

/// <summary>Corrects p-values for being several.</summary>
public static class MultipleTesting
{
    /// <summary>Holm's step-down correction: all values at most a level keep the chance of any false alarm at that level. In the order given.</summary>
    public static double[] Holm(ReadOnlySpan<double> pValues)
    {
        double[] sorted = [.. pValues];
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, order);
        var corrected = new double[sorted.Length];
        double before = 0;
        for (var rank = 0; rank < sorted.Length; rank++)
        {
            before = Math.Max(before, Math.Min(1, sorted[rank] * (sorted.Length - rank)));
            corrected[order[rank]] = before;
        }
        return corrected;
    }
}

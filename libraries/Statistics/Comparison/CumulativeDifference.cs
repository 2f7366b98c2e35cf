namespace ModelOps.Statistics.Comparison;

/// <summary>The difference of two cumulative distributions as a step function.</summary>
internal static class CumulativeDifference
{
    /// <summary>Every distinct value in ascending order with the difference (first minus second) from there to the next value.</summary>
    public static IEnumerable<(double Value, double Difference)> Walk(WeightedSample first, WeightedSample second)
    {
        int i = 0, j = 0;
        while (i < first.Values.Length || j < second.Values.Length)
        {
            var value = i >= first.Values.Length ? second.Values[j]
                : j >= second.Values.Length ? first.Values[i]
                : Math.Min(first.Values[i], second.Values[j]);
            i = Skip(first, i, value);
            j = Skip(second, j, value);
            yield return (value, Share(first, i) - Share(second, j));
        }
    }

    private static int Skip(WeightedSample sample, int index, double value)
    {
        while (index < sample.Values.Length && sample.Values[index] == value)
        {
            index++;
        }
        return index;
    }

    private static double Share(WeightedSample sample, int passed) => passed == 0 ? 0 : sample.Cumulative[passed - 1] / sample.Rows;
}

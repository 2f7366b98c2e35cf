using ModelOps.Statistics.Comparison;

namespace ModelOps.Statistics.Profiles;

/// <summary>Profiles one column.</summary>
internal static class FeatureProfiler
{
    /// <summary>A longer text is no category but free text, and counts among the others.</summary>
    public const int LongestCategory = 256;

    public static FeatureProfile Profile(ProfileColumn column, ProfileResolution resolution) => column switch
    {
        NumericProfileColumn numeric => Numeric(numeric, resolution),
        CategoricalProfileColumn categorical => Categorical(categorical, resolution),
        _ => throw new ArgumentException($"column {column.Name} is a {column.GetType().Name}, neither numeric nor categorical", nameof(column)),
    };

    private static NumericFeatureProfile Numeric(NumericProfileColumn column, ProfileResolution resolution)
    {
        var values = column.Measured;
        if (values.Length == 0)
        {
            return new NumericFeatureProfile(column.Name, 0, column.Rows, 0, 0, 0, 0, [], []);
        }
        // Sorted first, so that the order of the rows does not reach the last digits of the moments.
        Array.Sort(values);
        var (mean, deviation) = Moments.Of(values);
        var points = Math.Min(values.Length, resolution.Quantiles);
        return new NumericFeatureProfile(
            column.Name,
            values.Length,
            column.Rows - values.Length,
            Math.Clamp(mean, values[0], values[^1]),
            deviation,
            values[0],
            values[^1],
            [.. Enumerable.Range(0, points).Select(point => values[QuantileRanks.Rank(point, values.Length, points)])],
            CountByValue(values));
    }

    private static List<ValueCount>? CountByValue(double[] sorted)
    {
        var counts = new List<ValueCount>();
        foreach (var value in sorted)
        {
            if (counts.Count > 0 && counts[^1].Value == value)
            {
                counts[^1] = counts[^1] with { Count = counts[^1].Count + 1 };
            }
            else if (counts.Count == ProfileResolution.DistinctValues)
            {
                return null;
            }
            else
            {
                counts.Add(new ValueCount(value, 1));
            }
        }
        return counts;
    }

    private static CategoricalFeatureProfile Categorical(CategoricalProfileColumn column, ProfileResolution resolution)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        long present = 0;
        foreach (var value in column.Values)
        {
            if (value is not null)
            {
                counts[value] = counts.GetValueOrDefault(value) + 1;
                present++;
            }
        }
        CategoryCount[] kept =
        [
            .. counts.Where(pair => pair.Key.Length <= LongestCategory)
                .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
                .Take(resolution.Categories).Select(pair => new CategoryCount(pair.Key, pair.Value)),
        ];
        return new CategoricalFeatureProfile(column.Name, present, column.Rows - present, kept, present - kept.Sum(category => category.Count));
    }
}

using ModelOps.Statistics.Comparison;

namespace ModelOps.Statistics.Profiles;

/// <summary>How one feature was distributed.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Count">Rows with a value.</param>
/// <param name="Missing">Rows without one.</param>
public abstract record FeatureProfile(string Name, long Count, long Missing);

/// <summary>A number of rows with the same number.</summary>
/// <param name="Value">The number.</param>
/// <param name="Count">Rows.</param>
public readonly record struct ValueCount(double Value, long Count);

/// <summary>A number of rows with the same text.</summary>
/// <param name="Value">The text.</param>
/// <param name="Count">Rows.</param>
public readonly record struct CategoryCount(string Value, long Count);

/// <summary>How a number was distributed; without a value all four statistics are 0.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Count">Rows with a value.</param>
/// <param name="Missing">Rows without one.</param>
/// <param name="Mean">Mean.</param>
/// <param name="Std">Population standard deviation.</param>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
/// <param name="Quantiles">The sorted values, or of many values 2,048 order statistics: both ends, and evenly spaced between.</param>
/// <param name="Values">Rows by value, ascending, when there are few distinct ones; otherwise null.</param>
public sealed record NumericFeatureProfile(
    string Name, long Count, long Missing, double Mean, double Std, double Min, double Max,
    IReadOnlyList<double> Quantiles, IReadOnlyList<ValueCount>? Values) : FeatureProfile(Name, Count, Missing)
{
    /// <summary>Distinct values, or null when there are too many to have been counted.</summary>
    public int? Distinct => Values?.Count;

    /// <summary>The distribution to compare with: exact when all values or their counts are known.</summary>
    /// <exception cref="InvalidOperationException">There is no value.</exception>
    public WeightedSample ToSample()
    {
        if (Count == 0)
        {
            throw new InvalidOperationException($"feature {Name} has no value in the profile");
        }
        return Values is { } values ? ByValue(values) : ByRank();
    }

    private static WeightedSample ByValue(IReadOnlyList<ValueCount> values)
    {
        var cumulative = new double[values.Count];
        long rows = 0;
        for (var i = 0; i < values.Count; i++)
        {
            rows += values[i].Count;
            cumulative[i] = rows;
        }
        return new WeightedSample([.. values.Select(value => value.Value)], cumulative);
    }

    /// <summary>Every order statistic stands for the rows nearest to its rank; when all are kept, each for itself.</summary>
    private WeightedSample ByRank()
    {
        var cumulative = new double[Quantiles.Count];
        for (var i = 0; i < cumulative.Length - 1; i++)
        {
            cumulative[i] = (QuantileRanks.Rank(i, Count, cumulative.Length) + QuantileRanks.Rank(i + 1, Count, cumulative.Length) + 1) / 2.0;
        }
        cumulative[^1] = Count;
        return new WeightedSample([.. Quantiles], cumulative);
    }
}

/// <summary>How a text was distributed.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Count">Rows with a value.</param>
/// <param name="Missing">Rows without one.</param>
/// <param name="Categories">Rows by text, most frequent first.</param>
/// <param name="Other">Rows with any other text.</param>
public sealed record CategoricalFeatureProfile(
    string Name, long Count, long Missing, IReadOnlyList<CategoryCount> Categories, long Other) : FeatureProfile(Name, Count, Missing);

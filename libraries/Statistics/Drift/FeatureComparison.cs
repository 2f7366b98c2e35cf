using ModelOps.Statistics.Comparison;
using ModelOps.Statistics.Profiles;

namespace ModelOps.Statistics.Drift;

/// <summary>Everything that can be said about one feature's change.</summary>
internal sealed record FeatureComparison(
    string Feature, string EffectTest, double Effect, string SignificanceTest, double PValue, double Psi, double MissingShare)
{
    /// <summary>A number with at most this many distinct values, in the reference and now, is compared value by value.</summary>
    private const int FewValues = 5;

    /// <summary>Compares, or returns null when one side holds no value.</summary>
    public static FeatureComparison? Of(FeatureProfile reference, ProfileColumn? current) => (reference, current) switch
    {
        (_, null) or ({ Count: 0 }, _) => null,
        (NumericFeatureProfile numbers, NumericProfileColumn column) => Numeric(numbers, column),
        (CategoricalFeatureProfile texts, CategoricalProfileColumn column) => Categorical(texts, column),
        _ => throw new ArgumentException(
            $"column {reference.Name} is {(current is NumericProfileColumn ? "numeric" : "categorical")}, in the profile it is not", nameof(current)),
    };

    /// <summary>Share of missing values; all of a column that is not there.</summary>
    public static double Missing(ProfileColumn? column) => column switch
    {
        null or { Rows: 0 } => 1,
        NumericProfileColumn numeric => (column.Rows - numeric.Measured.Length) / (double)column.Rows,
        CategoricalProfileColumn categorical => categorical.Values.Count(value => value is null) / (double)column.Rows,
        _ => 0,
    };

    private static FeatureComparison? Numeric(NumericFeatureProfile reference, NumericProfileColumn column)
    {
        if (Missing(column) == 1)
        {
            return null;
        }
        var (before, now) = (reference.ToSample(), WeightedSample.Of(column.Measured));
        if (reference.Values is { } values && ByValue(values, now) is { } counts)
        {
            return Counted(reference.Name, counts.Reference, counts.Current, Missing(column));
        }
        return new FeatureComparison(
            reference.Name,
            DriftTests.Wasserstein,
            Wasserstein.Normed(before, now, reference.Std),
            DriftTests.KolmogorovSmirnov,
            SmirnovPValue(before, now),
            PopulationStability.OfSamples(before, now),
            Missing(column));
    }

    /// <summary>Exact where it decides; otherwise the cheaper one, which differs in the third digit.</summary>
    private static double SmirnovPValue(WeightedSample before, WeightedSample now) => before.Rows <= DriftRule.SmallReference
        ? KolmogorovSmirnov.Test(before, now).PValue
        : KolmogorovSmirnov.AsymptoticPValue(KolmogorovSmirnov.Statistic(before, now), (long)before.Rows, (long)now.Rows);

    /// <summary>Rows by value on both sides, unless the values are many.</summary>
    private static (double[] Reference, double[] Current)? ByValue(IReadOnlyList<ValueCount> reference, WeightedSample current)
    {
        var counts = reference.ToDictionary(value => value.Value, value => (Before: (double)value.Count, Now: 0.0));
        foreach (var value in current.Values)
        {
            var (before, now) = counts.GetValueOrDefault(value);
            counts[value] = (before, now + 1);
            if (counts.Count > FewValues)
            {
                return null;
            }
        }
        var ordered = counts.OrderBy(pair => pair.Key).Select(pair => pair.Value).ToList();
        return ([.. ordered.Select(count => count.Before)], [.. ordered.Select(count => count.Now)]);
    }

    private static FeatureComparison? Categorical(CategoricalFeatureProfile reference, CategoricalProfileColumn column)
    {
        if (Missing(column) == 1)
        {
            return null;
        }
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var before = new List<double>();
        foreach (var (value, count) in reference.Categories)
        {
            places.Add(value, before.Count);
            before.Add(count);
        }
        // Where the profile dropped categories, one it does not name may be one of those: all such rows are compared together.
        var others = reference.Other > 0 ? before.Count : -1;
        if (others >= 0)
        {
            before.Add(reference.Other);
        }

        List<double> now = [.. before.Select(_ => 0.0)];
        foreach (var value in column.Values)
        {
            if (value is null)
            {
                continue;
            }
            if (!places.TryGetValue(value, out var place))
            {
                place = others >= 0 ? others : before.Count;
                places.Add(value, place);
            }
            if (place == before.Count)
            {
                before.Add(0);
                now.Add(0);
            }
            now[place]++;
        }
        return Counted(reference.Name, [.. before], [.. now], Missing(column));
    }

    private static FeatureComparison Counted(string name, double[] reference, double[] current, double missing)
    {
        var two = reference.Length <= 2;
        var p = two
            ? TwoProportions.Test((long)reference[0], (long)reference.Sum(), (long)current[0], (long)current.Sum()).PValue
            : ChiSquare.Contingency(reference, current, yates: false).PValue;
        return new FeatureComparison(
            name,
            DriftTests.JensenShannon,
            JensenShannon.Distance(reference, current),
            two ? DriftTests.TwoProportions : DriftTests.ChiSquare,
            p,
            PopulationStability.OfCounts(reference, current),
            missing);
    }
}

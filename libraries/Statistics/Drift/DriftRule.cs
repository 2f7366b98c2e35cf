using ModelOps.Statistics.Comparison;
using ModelOps.Statistics.Profiles;

namespace ModelOps.Statistics.Drift;

/// <summary>
/// Decides for every feature whether its values drifted away from the reference. Over 1,000 reference rows the size of the change decides:
/// Wasserstein distance for numbers, Jensen-Shannon distance for texts and for numbers of at most five distinct values. Up to 1,000 rows
/// a change of that size may be chance, so a significance test, corrected for the number of features, must agree.
/// </summary>
public static class DriftRule
{
    /// <summary>Over this many reference rows the size of the change decides alone.</summary>
    public const int SmallReference = 1_000;

    /// <summary>From this size on a change is a drift.</summary>
    public const double EffectThreshold = 0.1;

    /// <summary>Below this p-value a change is not chance.</summary>
    public const double Significance = 0.05;

    /// <summary>Compares current rows with the profile.</summary>
    /// <param name="reference">What the model was trained on.</param>
    /// <param name="current">
    /// Columns of the current rows. One the profile does not know is left out; one the profile knows and this does not has insufficient data.
    /// </param>
    /// <returns>One verdict for each feature of the profile, in its order.</returns>
    /// <exception cref="ArgumentException">A column stands twice, or is of another type than in the profile.</exception>
    public static IReadOnlyList<FeatureDrift> Assess(ReferenceProfile reference, IReadOnlyList<ProfileColumn> current)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(current);
        var columns = new Dictionary<string, ProfileColumn>(StringComparer.Ordinal);
        foreach (var column in current)
        {
            if (!columns.TryAdd(column.Name, column))
            {
                throw new ArgumentException($"column {column.Name} is there twice", nameof(current));
            }
        }
        FeatureComparison?[] comparisons =
            [.. reference.Features.Select(feature => FeatureComparison.Of(feature, columns.GetValueOrDefault(feature.Name)))];
        return reference.Rows > SmallReference ? BySize(reference, comparisons, columns) : BySignificance(reference, comparisons, columns);
    }

    private static List<FeatureDrift> BySize(ReferenceProfile reference, FeatureComparison?[] comparisons, Dictionary<string, ProfileColumn> columns) =>
    [
        .. comparisons.Select((comparison, i) => comparison is null
            ? Insufficient(reference.Features[i], columns)
            : Verdict(comparison, comparison.EffectTest, comparison.Effect, EffectThreshold, comparison.Effect >= EffectThreshold)),
    ];

    private static List<FeatureDrift> BySignificance(
        ReferenceProfile reference, FeatureComparison?[] comparisons, Dictionary<string, ProfileColumn> columns)
    {
        var corrected = new Queue<double>(MultipleTesting.Holm([.. comparisons.OfType<FeatureComparison>().Select(comparison => comparison.PValue)]));
        var verdicts = new List<FeatureDrift>(comparisons.Length);
        for (var i = 0; i < comparisons.Length; i++)
        {
            if (comparisons[i] is not { } comparison)
            {
                verdicts.Add(Insufficient(reference.Features[i], columns));
                continue;
            }
            var p = corrected.Dequeue();
            verdicts.Add(Verdict(comparison, comparison.SignificanceTest, p, Significance, p < Significance && comparison.Effect >= EffectThreshold));
        }
        return verdicts;
    }

    private static FeatureDrift Verdict(FeatureComparison comparison, string test, double score, double threshold, bool drifted) =>
        new(comparison.Feature, test, score, threshold, drifted, comparison.Psi, comparison.PValue, comparison.MissingShare);

    private static FeatureDrift Insufficient(FeatureProfile feature, Dictionary<string, ProfileColumn> columns) =>
        new(feature.Name, DriftTests.InsufficientData, 0, EffectThreshold, false, 0, 1, FeatureComparison.Missing(columns.GetValueOrDefault(feature.Name)));
}

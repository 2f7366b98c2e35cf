using System.Globalization;
using ModelOps.Statistics.Drift;

namespace ModelOps.Monitor.Drift;

/// <summary>What the assessment of a window came to.</summary>
/// <param name="Features">Drift by feature; empty when it was not assessed.</param>
/// <param name="Drifted">Whether the window drifted.</param>
/// <param name="Reason">Why it was not assessed; empty when it was.</param>
internal sealed record Finding(IReadOnlyList<FeatureDrift> Features, bool Drifted, string Reason)
{
    /// <summary>A window that cannot be assessed.</summary>
    public static Finding None(string reason) => new([], false, reason);

    /// <summary>A window of which at least this share of features has to have drifted.</summary>
    public static Finding Of(IReadOnlyList<FeatureDrift> features, double driftedShare) =>
        new(features, features.Count > 0 && features.Count(feature => feature.Drifted) >= driftedShare * features.Count, "");

    /// <summary>Names of the features that drifted.</summary>
    public IReadOnlyList<string> DriftedFeatures => [.. Features.Where(feature => feature.Drifted).Select(feature => feature.Feature)];

    /// <summary>One line for people: how many features drifted, and the first of them.</summary>
    public string Summary(string model, long version, long rows)
    {
        const int Shown = 5;
        var first = Features.Where(feature => feature.Drifted).Take(Shown)
            .Select(feature => $"{feature.Feature} ({feature.Test} {feature.Score.ToString("0.###", CultureInfo.InvariantCulture)})");
        return $"{DriftedFeatures.Count} of {Features.Count} features of {model} version {version} drifted over {rows} predictions: {string.Join(", ", first)}";
    }
}

namespace ModelOps.Statistics.Drift;

/// <summary>How far a feature's values are from the reference profile's. Every number is finite.</summary>
/// <param name="Feature">Name of the feature.</param>
/// <param name="Test">
/// Statistic that decides: one of the names in <see cref="DriftTests"/>; <see cref="DriftTests.InsufficientData"/> when the reference or the
/// current rows hold no value: then the score is 0, the p-value 1 and the verdict "not drifted".
/// </param>
/// <param name="Score">Value of the deciding statistic; for significance tests the p-value, corrected by Holm over the features.</param>
/// <param name="Threshold">What the score is compared with: a statistic drifts from it on, a p-value below it.</param>
/// <param name="Drifted">The verdict. For significance tests the effect size must have reached its threshold as well.</param>
/// <param name="Psi">Population stability index on the deciles of the reference, or on its categories.</param>
/// <param name="PValue">p-value of Kolmogorov-Smirnov (numbers) or of chi-square or two proportions (categories), uncorrected.</param>
/// <param name="MissingShare">Share of missing values among the current rows; 1 without rows.</param>
public sealed record FeatureDrift(
    string Feature, string Test, double Score, double Threshold, bool Drifted, double Psi, double PValue, double MissingShare);

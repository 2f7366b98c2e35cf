namespace ModelOps.Retrainer.Pipelines;

/// <summary>Names of the built-in trainers.</summary>
internal static class Algorithms
{
    public const string LogisticRegression = "logistic_regression";

    public const string GradientBoostedTrees = "gradient_boosted_trees";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [LogisticRegression, GradientBoostedTrees];
}

namespace ModelOps.Explanations;

/// <summary>
/// What each feature of one row adds to a score of the model, as Shapley values: <see cref="ExpectedValue"/> plus the sum of
/// <see cref="Contributions"/> is <see cref="Score"/>.
/// </summary>
/// <param name="ExpectedValue">The score when nothing is known of the row.</param>
/// <param name="Score">The score of the row, before the model's post-transform.</param>
/// <param name="Contributions">One per feature, in the order of <see cref="ModelExplainer.Features"/>.</param>
/// <param name="Class">Label of the class that the score is of; null for a model that does not classify.</param>
public sealed record Explanation(double ExpectedValue, double Score, double[] Contributions, string? Class);

/// <summary>What kind of number an explained score is.</summary>
public enum ScoreKind
{
    /// <summary>The model's own unit: the value of a regression, a vote, a margin.</summary>
    Raw = 0,

    /// <summary>Log odds: the model makes a probability of it by the logistic function.</summary>
    LogOdds = 1,
}

/// <summary>What stands for the features that are not known.</summary>
public enum Baseline
{
    /// <summary>Both sides of every split alike, or zero in every column of a linear model: the file says nothing of the data, and no rows were given.</summary>
    Uniform = 0,

    /// <summary>The training data, as the file records it: hit rates of the nodes, or means of the columns.</summary>
    TrainingData = 1,

    /// <summary>The rows that were given.</summary>
    Sample = 2,
}

/// <summary>A feature of the model.</summary>
/// <param name="Input">Input of the graph.</param>
/// <param name="Column">Column of that input, 0 and up.</param>
/// <param name="IsText">True when its values are texts.</param>
public sealed record ModelFeature(string Input, int Column, bool IsText);

/// <summary>A feature's value.</summary>
/// <param name="Number">The number; of no meaning where there is a text.</param>
/// <param name="Text">The text; null for a number.</param>
public readonly record struct FeatureValue(double Number, string? Text = null);

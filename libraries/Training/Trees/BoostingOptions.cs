namespace ModelOps.Training.Trees;

/// <summary>How gradient-boosted trees are grown. Named after scikit-learn's HistGradientBoosting; the defaults suit rare positives.</summary>
public sealed record BoostingOptions
{
    /// <summary>What each tree counts, in (0,1].</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>Number of trees, 1 to 10,000.</summary>
    public int MaxIterations { get; init; } = 150;

    /// <summary>Decisions on the way to a leaf at most, 1 to 16.</summary>
    public int MaxDepth { get; init; } = 3;

    /// <summary>Sampled rows in a leaf at least, over 0.</summary>
    public int MinSamplesLeaf { get; init; } = 50;

    /// <summary>Weight of half the squared leaf value against the log loss, 0 or more.</summary>
    public double L2Regularization { get; init; } = 1;

    /// <summary>Share of the rows each tree sees, drawn without replacement, in (0,1].</summary>
    public double Subsample { get; init; } = 0.5;

    /// <summary>Bins of a number at most, besides that of missing values, 2 to 255.</summary>
    public int MaxBins { get; init; } = 255;

    /// <summary>Seed of the draws; equal seeds and tables give equal models.</summary>
    public int Seed { get; init; }

    /// <summary>Threads at most, over 0; null: one a processor. The model does not depend on it.</summary>
    public int? MaxThreads { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range; the message names it.</exception>
    internal void Refuse()
    {
        Require(LearningRate is > 0 and <= 1, nameof(LearningRate), "in (0,1]");
        Require(MaxIterations is >= 1 and <= 10_000, nameof(MaxIterations), "1 to 10000");
        Require(MaxDepth is >= 1 and <= 16, nameof(MaxDepth), "1 to 16");
        Require(MinSamplesLeaf >= 1, nameof(MinSamplesLeaf), "over 0");
        Require(L2Regularization is >= 0 and < double.PositiveInfinity, nameof(L2Regularization), "0 or more");
        Require(Subsample is > 0 and <= 1, nameof(Subsample), "in (0,1]");
        Require(MaxBins is >= 2 and <= 255, nameof(MaxBins), "2 to 255");
        Require(MaxThreads is null or >= 1, nameof(MaxThreads), "over 0");
    }

    private static void Require(bool holds, string name, string rule)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, $"{name} must be {rule}");
        }
    }
}

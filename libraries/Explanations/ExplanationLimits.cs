namespace ModelOps.Explanations;

/// <summary>Bounds of what is explained; a model beyond them is refused when its explainer is made, not while a caller waits.</summary>
public sealed record ExplanationLimits
{
    /// <summary>Most steps for one row: over all trees, ways from the root to a leaf times the square of the features on the longest one.</summary>
    public long MaxStepsPerRow { get; init; } = 50_000_000;

    /// <summary>Most splits from a root to a leaf.</summary>
    public int MaxDepth { get; init; } = 256;

    /// <summary>Most nodes of all trees.</summary>
    public int MaxNodes { get; init; } = 2_000_000;

    /// <summary>Most columns of the matrix that the trees or the linear model take.</summary>
    public int MaxColumns { get; init; } = 65_536;
}

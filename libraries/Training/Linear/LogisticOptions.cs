namespace ModelOps.Training.Linear;

/// <summary>How a logistic regression is fitted.</summary>
public sealed record LogisticOptions
{
    /// <summary>
    /// Weight of half the squared length of the coefficients against the summed log loss, over 0; the intercept is not penalized.
    /// The inverse of scikit-learn's C.
    /// </summary>
    public double L2 { get; init; } = 1;

    /// <summary>Newton steps at most.</summary>
    public int MaxIterations { get; init; } = 100;

    /// <summary>The fit ends when no component of the gradient of the objective, per row, is larger.</summary>
    public double GradientTolerance { get; init; } = 1e-8;
}

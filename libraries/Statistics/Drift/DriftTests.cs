namespace ModelOps.Statistics.Drift;

/// <summary>Names of what may decide about drift.</summary>
public static class DriftTests
{
    /// <summary>Wasserstein distance in standard deviations of the reference.</summary>
    public const string Wasserstein = "wasserstein_normed";

    /// <summary>Jensen-Shannon distance, natural base.</summary>
    public const string JensenShannon = "jensen_shannon";

    /// <summary>Kolmogorov-Smirnov.</summary>
    public const string KolmogorovSmirnov = "ks";

    /// <summary>Chi-square of a table of two rows.</summary>
    public const string ChiSquare = "chi_square";

    /// <summary>Two-proportion z test.</summary>
    public const string TwoProportions = "two_proportion_z";

    /// <summary>There was nothing to compare.</summary>
    public const string InsufficientData = "insufficient_data";
}

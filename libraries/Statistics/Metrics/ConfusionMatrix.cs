namespace ModelOps.Statistics.Metrics;

/// <summary>Rows by true and predicted class of a binary label. A ratio with nothing below the line is 0.</summary>
/// <param name="TrueNegatives">Negatives predicted negative.</param>
/// <param name="FalsePositives">Negatives predicted positive.</param>
/// <param name="FalseNegatives">Positives predicted negative.</param>
/// <param name="TruePositives">Positives predicted positive.</param>
public readonly record struct ConfusionMatrix(long TrueNegatives, long FalsePositives, long FalseNegatives, long TruePositives)
{
    /// <summary>All rows.</summary>
    public long Rows => TrueNegatives + FalsePositives + FalseNegatives + TruePositives;

    /// <summary>Share of right answers.</summary>
    public double Accuracy => Ratio(TrueNegatives + TruePositives, Rows);

    /// <summary>Share of predicted positives that are positive.</summary>
    public double Precision => Ratio(TruePositives, TruePositives + FalsePositives);

    /// <summary>Share of positives that were predicted.</summary>
    public double Recall => Ratio(TruePositives, TruePositives + FalseNegatives);

    /// <summary>Harmonic mean of precision and recall.</summary>
    public double F1 => Ratio(2 * TruePositives, (2 * TruePositives) + FalsePositives + FalseNegatives);

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}

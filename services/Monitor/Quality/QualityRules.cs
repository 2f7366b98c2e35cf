using ModelOps.Statistics.Metrics;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Quality;

/// <summary>How labelled predictions of two classes turned out.</summary>
internal static class QualityRules
{
    private const double Threshold = 0.5;

    // As for the arms of a rollout, so that both say the same of the same rows.
    private const double Edge = 1e-15;

    /// <param name="rows">Labels and scores; those with another label than 0 or 1, or a score that is no number, do not count.</param>
    public static Wire.WindowQuality Of(IEnumerable<(double Label, double Score)> rows)
    {
        var counted = rows.Where(row => row.Label is 0 or 1 && double.IsFinite(row.Score)).ToList();
        int[] labels = [.. counted.Select(row => (int)row.Label)];
        double[] scores = [.. counted.Select(row => row.Score)];
        var matrix = Matrix(labels, scores);
        var quality = new Wire.WindowQuality { Labels = matrix.Rows, Positives = matrix.TruePositives + matrix.FalseNegatives };
        if (matrix.Rows > 0)
        {
            quality.Accuracy = matrix.Accuracy;
            quality.LogLoss = counted.Average(row => LogLoss(row.Label, row.Score));
        }
        if (matrix.TruePositives + matrix.FalsePositives > 0)
        {
            quality.Precision = matrix.Precision;
        }
        if (quality.Positives > 0)
        {
            quality.Recall = matrix.Recall;
        }
        if (quality.HasPrecision || quality.HasRecall)
        {
            quality.F1 = matrix.F1;
        }
        if (quality.Positives > 0 && quality.Positives < quality.Labels)
        {
            quality.RocAuc = BinaryMetrics.RocAuc(labels, scores);
        }
        return quality;
    }

    private static ConfusionMatrix Matrix(int[] labels, double[] scores)
    {
        var counts = new long[4];
        for (var i = 0; i < labels.Length; i++)
        {
            counts[(2 * labels[i]) + (scores[i] >= Threshold ? 1 : 0)]++;
        }
        return new(counts[0], counts[1], counts[2], counts[3]);
    }

    private static double LogLoss(double label, double score)
    {
        var kept = Math.Clamp(score, Edge, 1 - Edge);
        return -Math.Log(label == 1 ? kept : 1 - kept);
    }
}

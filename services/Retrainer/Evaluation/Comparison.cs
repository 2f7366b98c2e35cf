using ModelOps.Statistics.Metrics;

namespace ModelOps.Retrainer.Evaluation;

/// <summary>How good a candidate is, alone and beside the champion. Pure.</summary>
internal static class Comparison
{
    /// <summary>Metrics of a model on held-out rows; classes at a probability of 0.5.</summary>
    public static Dictionary<string, double> Metrics(int[] labels, double[] scores)
    {
        var confusion = BinaryMetrics.Confusion(labels, scores);
        return new()
        {
            ["roc_auc"] = BinaryMetrics.RocAuc(labels, scores),
            ["log_loss"] = BinaryMetrics.LogLoss(labels, scores),
            ["brier"] = BinaryMetrics.Brier(labels, scores),
            ["accuracy"] = confusion.Accuracy,
            ["precision"] = confusion.Precision,
            ["recall"] = confusion.Recall,
            ["f1"] = confusion.F1,
        };
    }

    /// <summary>The areas under the curve with their intervals, and their paired difference, candidate minus champion.</summary>
    public static Dictionary<string, double> Paired(PairedRocAuc pair) => new()
    {
        ["champion_roc_auc_low"] = pair.A.Low,
        ["champion_roc_auc_high"] = pair.A.High,
        ["roc_auc_low"] = pair.B.Low,
        ["roc_auc_high"] = pair.B.High,
        ["roc_auc_difference"] = pair.Difference.Value,
        ["roc_auc_difference_low"] = pair.Difference.Low,
        ["roc_auc_difference_high"] = pair.Difference.High,
    };

    /// <summary>Whether the candidate is worse than the champion beyond what chance explains.</summary>
    /// <returns>Why it is rejected, one line; null when it is not.</returns>
    public static string? Worse(PairedRocAuc pair, long champion)
    {
        var (candidate, difference) = (pair.B, pair.Difference);
        return difference.High < 0
            ? $"worse than version {champion}: ROC AUC {candidate.Value:0.0000} against {pair.A.Value:0.0000}, "
                + $"difference {difference.Value:0.0000}, 95 % interval {difference.Low:0.0000} to {difference.High:0.0000}"
            : null;
    }
}

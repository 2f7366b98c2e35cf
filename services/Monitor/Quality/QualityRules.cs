using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Quality;

/// <summary>How labelled predictions of two classes turned out.</summary>
internal static class QualityRules
{
    private const double Threshold = 0.5;
    private const double Edge = 1e-15;

    /// <param name="rows">Labels and scores; those with another label than 0 or 1, or a score that is no number, do not count.</param>
    public static Wire.WindowQuality Of(IEnumerable<(double Label, double Score)> rows)
    {
        var counted = rows.Where(row => row.Label is 0 or 1 && double.IsFinite(row.Score)).ToList();
        var quality = new Wire.WindowQuality { Labels = counted.Count, Positives = counted.Count(row => row.Label == 1) };
        if (counted.Count == 0)
        {
            return quality;
        }
        var truePositives = counted.Count(row => row.Label == 1 && row.Score >= Threshold);
        var predicted = counted.Count(row => row.Score >= Threshold);
        var wrong = (predicted - truePositives) + (quality.Positives - truePositives);
        quality.Accuracy = 1 - ((double)wrong / counted.Count);
        quality.LogLoss = counted.Average(LogLoss);
        if (predicted > 0)
        {
            quality.Precision = (double)truePositives / predicted;
        }
        if (quality.Positives > 0)
        {
            quality.Recall = (double)truePositives / quality.Positives;
        }
        if (predicted + quality.Positives > 0)
        {
            quality.F1 = 2.0 * truePositives / (predicted + quality.Positives);
        }
        if (quality.Positives > 0 && quality.Positives < counted.Count)
        {
            quality.RocAuc = RocAuc(counted, quality.Positives);
        }
        return quality;
    }

    private static double LogLoss((double Label, double Score) row)
    {
        var score = Math.Clamp(row.Score, Edge, 1 - Edge);
        return -Math.Log(row.Label == 1 ? score : 1 - score);
    }

    /// <summary>By ranks, equal scores sharing the middle of theirs.</summary>
    private static double RocAuc(List<(double Label, double Score)> rows, long positives)
    {
        rows.Sort((left, right) => left.Score.CompareTo(right.Score));
        var ranks = 0.0;
        for (int from = 0, to; from < rows.Count; from = to)
        {
            var positivesHere = 0;
            for (to = from; to < rows.Count && rows[to].Score == rows[from].Score; to++)
            {
                positivesHere += rows[to].Label == 1 ? 1 : 0;
            }
            ranks += positivesHere * ((from + 1 + to) / 2.0);
        }
        var negatives = rows.Count - positives;
        return (ranks - (positives * (positives + 1) / 2.0)) / ((double)positives * negatives);
    }
}

namespace ModelOps.Statistics.Metrics;

/// <summary>How good predicted probabilities of a binary label are. Definitions as in scikit-learn's metrics module.</summary>
public static class BinaryMetrics
{
    /// <summary>Chance that a random positive scores over a random negative, ties counted half.</summary>
    /// <exception cref="ArgumentException">Lengths differ, or a class is absent.</exception>
    public static double RocAuc(ReadOnlySpan<int> labels, ReadOnlySpan<double> scores)
    {
        Refuse(labels, scores);
        double[] sorted = [.. scores];
        int[] order = [.. labels];
        Array.Sort(sorted, order);

        double rankSum = 0;
        long positives = 0;
        for (var start = 0; start < sorted.Length;)
        {
            var end = start;
            long here = 0;
            while (end < sorted.Length && sorted[end] == sorted[start])
            {
                here += order[end];
                end++;
            }
            rankSum += here * ((start + 1 + end) / 2.0);
            positives += here;
            start = end;
        }

        var negatives = sorted.Length - positives;
        if (positives == 0 || negatives == 0)
        {
            throw new ArgumentException("the area under the curve needs both classes", nameof(labels));
        }
        return (rankSum - (positives * (positives + 1) / 2.0)) / ((double)positives * negatives);
    }

    /// <summary>Mean negative log likelihood; probabilities are kept away from 0 and 1 by the spacing of doubles at 1.</summary>
    public static double LogLoss(ReadOnlySpan<int> labels, ReadOnlySpan<double> probabilities)
    {
        Refuse(labels, probabilities);
        const double Epsilon = 2.220446049250313e-16;
        double sum = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var p = Math.Clamp(probabilities[i], Epsilon, 1 - Epsilon);
            sum -= labels[i] == 1 ? Math.Log(p) : Math.Log(1 - p);
        }
        return sum / labels.Length;
    }

    /// <summary>Mean squared difference of probability and label.</summary>
    public static double Brier(ReadOnlySpan<int> labels, ReadOnlySpan<double> probabilities)
    {
        Refuse(labels, probabilities);
        double sum = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var difference = probabilities[i] - labels[i];
            sum += difference * difference;
        }
        return sum / labels.Length;
    }

    /// <summary>Area under the precision-recall curve as a sum of steps; equal scores are one step.</summary>
    /// <exception cref="ArgumentException">Lengths differ, or no label is positive.</exception>
    public static double AveragePrecision(ReadOnlySpan<int> labels, ReadOnlySpan<double> scores)
    {
        Refuse(labels, scores);
        double[] sorted = [.. scores];
        int[] order = [.. labels];
        Array.Sort(sorted, order);

        double sum = 0;
        long positives = 0;
        for (var end = sorted.Length - 1; end >= 0;)
        {
            var (at, here) = (sorted[end], 0L);
            for (; end >= 0 && sorted[end] == at; end--)
            {
                here += order[end];
            }
            positives += here;
            sum += here * ((double)positives / (sorted.Length - 1 - end));
        }
        return positives > 0 ? sum / positives : throw new ArgumentException("the average precision needs a positive label", nameof(labels));
    }

    /// <summary>Rows by true and predicted class.</summary>
    /// <param name="labels">0 or 1 a row.</param>
    /// <param name="scores">One a row.</param>
    /// <param name="threshold">A score at or over it predicts the positive class.</param>
    public static ConfusionMatrix Confusion(ReadOnlySpan<int> labels, ReadOnlySpan<double> scores, double threshold = 0.5)
    {
        Refuse(labels, scores);
        long positives = 0, predicted = 0, both = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var hit = scores[i] >= threshold ? 1 : 0;
            positives += labels[i];
            predicted += hit;
            both += hit * labels[i];
        }
        return new ConfusionMatrix(labels.Length - positives - predicted + both, predicted - both, positives - both, both);
    }

    internal static void Refuse(ReadOnlySpan<int> labels, ReadOnlySpan<double> scores)
    {
        if (labels.Length == 0 || labels.Length != scores.Length)
        {
            throw new ArgumentException($"{labels.Length} labels for {scores.Length} scores; both must be the same and over 0", nameof(scores));
        }
        foreach (var label in labels)
        {
            if (label is not (0 or 1))
            {
                throw new ArgumentException($"a label is {label}; it must be 0 or 1", nameof(labels));
            }
        }
        foreach (var score in scores)
        {
            if (double.IsNaN(score))
            {
                throw new ArgumentException("a score is not a number", nameof(scores));
            }
        }
    }
}

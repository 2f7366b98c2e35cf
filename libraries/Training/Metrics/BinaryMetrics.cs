namespace ModelOps.Training.Metrics;

/// <summary>How good predicted probabilities of a binary label are. Definitions as in scikit-learn's metrics module.</summary>
public static class BinaryMetrics
{
    /// <summary>Chance that a random positive scores over a random negative, ties counted half.</summary>
    /// <exception cref="ArgumentException">Lengths differ, or a class is absent.</exception>
    public static double RocAuc(ReadOnlySpan<int> labels, ReadOnlySpan<double> scores)
    {
        RefuseLengths(labels, scores);
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
        RefuseLengths(labels, probabilities);
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
        RefuseLengths(labels, probabilities);
        double sum = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var difference = probabilities[i] - labels[i];
            sum += difference * difference;
        }
        return sum / labels.Length;
    }

    private static void RefuseLengths(ReadOnlySpan<int> labels, ReadOnlySpan<double> scores)
    {
        if (labels.Length == 0 || labels.Length != scores.Length)
        {
            throw new ArgumentException($"{labels.Length} labels for {scores.Length} scores; both must be the same and over 0", nameof(scores));
        }
    }
}

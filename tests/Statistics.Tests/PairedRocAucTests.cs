using ModelOps.Statistics.Metrics;

namespace ModelOps.Statistics.Tests;

public sealed class PairedRocAucTests
{
    [Fact]
    public void Areas_and_variance_equal_delongs_definition_over_all_pairs()
    {
        var random = new Random(3);
        int[] labels = [.. Enumerable.Range(0, 150).Select(_ => random.Next(4) == 0 ? 1 : 0)];
        // Rounded, so that there are ties.
        double[] a = [.. labels.Select(label => Math.Round((0.4 * label) + random.NextDouble(), 1))];
        double[] b = [.. a.Zip(labels, (score, label) => Math.Round(score + (0.3 * label) + (0.5 * random.NextDouble()), 1))];

        var actual = PairedRocAuc.Compare(labels, a, b);

        Assert.Equal(BinaryMetrics.RocAuc(labels, a), actual.A.Value, 1e-12);
        Assert.Equal(BinaryMetrics.RocAuc(labels, b), actual.B.Value, 1e-12);
        Assert.Equal(actual.B.Value - actual.A.Value, actual.Difference.Value, 1e-12);
        var error = Math.Sqrt(Variance(labels, (i, j) => Wins(b[i], b[j]) - Wins(a[i], a[j])));
        Assert.Equal(actual.Difference.Value - (1.959963984540054 * error), actual.Difference.Low, 1e-9);
        Assert.Equal(actual.Difference.Value + (1.959963984540054 * error), actual.Difference.High, 1e-9);
        Assert.Equal(actual.A.Value - (1.959963984540054 * Math.Sqrt(Variance(labels, (i, j) => Wins(a[i], a[j])))), actual.A.Low, 1e-9);
    }

    [Fact]
    public void A_model_does_not_differ_from_itself_or_from_its_rescaled_scores()
    {
        int[] labels = [0, 1, 0, 1, 1, 0];
        double[] scores = [0.1, 0.7, 0.3, 0.2, 0.9, 0.4];

        var actual = PairedRocAuc.Compare(labels, scores, [.. scores.Select(score => 3 * score)]);

        Assert.Equal((new Estimate(0, 0, 0), 1.0), (actual.Difference, actual.PValue));
    }

    [Fact]
    public void One_class_is_refused() => Assert.Throws<ArgumentException>(() => PairedRocAuc.Compare([1, 1], [0.1, 0.2], [0.1, 0.2]));

    private static double Wins(double positive, double negative) => positive > negative ? 1 : positive == negative ? 0.5 : 0;

    private static double Variance(int[] labels, Func<int, int, double> pair)
    {
        int[] positives = [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] == 1)];
        int[] negatives = [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] == 0)];
        double Spread(double[] values) => values.Sum(value => Math.Pow(value - values.Average(), 2)) / (values.Length - 1) / values.Length;
        return Spread([.. positives.Select(i => negatives.Average(j => pair(i, j)))]) + Spread([.. negatives.Select(j => positives.Average(i => pair(i, j)))]);
    }
}

using System.Text.Json;
using ModelOps.Statistics.Metrics;

namespace ModelOps.Statistics.Tests;

public sealed class BinaryMetricsTests
{
    private static readonly JsonElement Golden = Testing.Golden.Json("model_metrics.json").GetProperty("binary");

    public static TheoryData<string> Cases => [.. Golden.EnumerateArray().Select(sample => sample.GetProperty("name").GetString()!)];

    [Theory, MemberData(nameof(Cases))]
    public void Metrics_equal_scikit_learns(string name)
    {
        var sample = Golden.EnumerateArray().Single(candidate => candidate.GetProperty("name").ValueEquals(name));
        int[] labels = [.. sample.GetProperty("y_true").EnumerateArray().Select(value => value.GetInt32())];
        double[] scores = [.. sample.GetProperty("y_score").EnumerateArray().Select(value => value.GetDouble())];
        var expected = sample.GetProperty("expected");

        Assert.Equal(expected.GetProperty("brier").GetDouble(), BinaryMetrics.Brier(labels, scores), 1e-9);
        if (expected.GetProperty("log_loss").ValueKind == JsonValueKind.Number)
        {
            Assert.Equal(expected.GetProperty("log_loss").GetDouble(), BinaryMetrics.LogLoss(labels, scores), 1e-9);
        }
        if (expected.GetProperty("roc_auc").ValueKind == JsonValueKind.Null)
        {
            Assert.Throws<ArgumentException>(() => BinaryMetrics.RocAuc(labels, scores));
            Assert.Throws<ArgumentException>(() => BinaryMetrics.AveragePrecision(labels, scores));
        }
        else
        {
            Assert.Equal(expected.GetProperty("roc_auc").GetDouble(), BinaryMetrics.RocAuc(labels, scores), 1e-9);
            Assert.Equal(expected.GetProperty("average_precision").GetDouble(), BinaryMetrics.AveragePrecision(labels, scores), 1e-9);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Rates_at_a_threshold_equal_scikit_learns(string name)
    {
        var sample = Golden.EnumerateArray().Single(candidate => candidate.GetProperty("name").ValueEquals(name));
        int[] labels = [.. sample.GetProperty("y_true").EnumerateArray().Select(value => value.GetInt32())];
        double[] scores = [.. sample.GetProperty("y_score").EnumerateArray().Select(value => value.GetDouble())];
        var expected = sample.GetProperty("expected");

        var actual = BinaryMetrics.Confusion(labels, scores, expected.GetProperty("threshold").GetDouble());

        var matrix = expected.GetProperty("confusion_matrix");
        var (negatives, positives) = (matrix[0], matrix[1]);
        Assert.Equal(
            new ConfusionMatrix(negatives[0].GetInt64(), negatives[1].GetInt64(), positives[0].GetInt64(), positives[1].GetInt64()), actual);
        Assert.Equal(expected.GetProperty("accuracy").GetDouble(), actual.Accuracy, 1e-9);
        Assert.Equal(expected.GetProperty("precision").GetDouble(), actual.Precision, 1e-9);
        Assert.Equal(expected.GetProperty("recall").GetDouble(), actual.Recall, 1e-9);
        Assert.Equal(expected.GetProperty("f1").GetDouble(), actual.F1, 1e-9);
    }

    [Theory]
    [InlineData(new[] { 0, 2 }, new[] { 0.1, 0.2 }, "a label is 2")]
    [InlineData(new[] { 0, 1 }, new[] { 0.1, double.NaN }, "a score is not a number")]
    [InlineData(new[] { 0, 1 }, new[] { 0.1 }, "2 labels for 1 scores")]
    [InlineData(new int[0], new double[0], "0 labels for 0 scores")]
    public void Rows_that_are_no_scored_labels_are_refused(int[] labels, double[] scores, string because)
    {
        var refusal = Assert.Throws<ArgumentException>(() => BinaryMetrics.RocAuc(labels, scores));

        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
    }
}

using System.Text.Json;
using ModelOps.Training.Metrics;

namespace ModelOps.Training.Tests;

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
        }
        else
        {
            Assert.Equal(expected.GetProperty("roc_auc").GetDouble(), BinaryMetrics.RocAuc(labels, scores), 1e-9);
        }
    }
}

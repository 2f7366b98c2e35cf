using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Monitor.Tests.Support;

namespace ModelOps.Monitor.Tests.Arms;

[Collection(MonitorFixture.Name)]
public sealed class ArmTests(MonitorFixture fixture)
{
    private readonly MonitorHost _host = fixture.Host;

    [Fact]
    public async Task Arms_are_what_a_plain_computation_gives()
    {
        var random = new Random(3);
        var records = Enumerable.Range(0, 400).Select(i => Random(random, i)).ToList();
        var labels = records.Where(_ => random.Next(3) > 0).ToDictionary(record => record.PredictionId, _ => (double)random.Next(2));
        await fixture.Publisher.PublishAsync(records);
        await _host.StoredAsync("arms", 400);
        await _host.LabelAsync(labels.Select(label => (label.Key, label.Value)));
        var since = Records.Noon.AddSeconds(100);

        var arms = await _host.Client.GetArmStatisticsAsync(
            new() { Model = "arms", Versions = { 2, 7, 1 }, Since = since.ToTimestamp() }, MonitorHost.Headers, MonitorHost.Deadline);

        Assert.Equal([2, 7, 1], arms.Arms.Select(arm => arm.Version));
        Assert.Equal(new ArmStatistics { Version = 7 }, arms.Arms[1]);
        foreach (var arm in (ArmStatistics[])[arms.Arms[0], arms.Arms[2]])
        {
            AssertSame(Plain([.. records.Where(record => record.Version == arm.Version && record.Time.ToDateTimeOffset() >= since)], labels, arm.Version), arm);
        }
    }

    [Theory]
    [InlineData("versions", new long[0])]
    [InlineData("versions", new long[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 })]
    [InlineData("versions", new long[] { 0 })]
    [InlineData("model", new long[] { 1 }, "")]
    public async Task A_bad_question_is_refused_by_field(string field, long[] versions, string model = "arms")
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await _host.Client.GetArmStatisticsAsync(new() { Model = model, Versions = { versions } }, MonitorHost.Headers, MonitorHost.Deadline));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith($"{field}: ", refusal.Status.Detail, StringComparison.Ordinal);
    }

    private static PredictionRecord Random(Random random, int i)
    {
        double[] extremes = [0, 1, 1e-200];
        var record = Records.Of("arms", Records.Id("arms", i), version: 1 + (i % 2), score: i < 30 ? extremes[i % 3] : random.NextDouble(), time: Records.Noon.AddSeconds(i));
        record.LatencyUs = random.Next(100, 100_000);
        if (i % 17 == 0)
        {
            record.Error = "failed";
        }
        if (i % 19 == 0)
        {
            record.ClearScore();
        }
        return record;
    }

    private static ArmStatistics Plain(List<PredictionRecord> records, Dictionary<string, double> labels, long version)
    {
        var latencies = records.Select(record => record.LatencyUs / 1e6).Order().ToList();
        var scored = records.Where(record => record.Error.Length == 0 && record.HasScore && labels.ContainsKey(record.PredictionId)).ToList();
        var losses = scored.Select(record => LogLoss(Math.Clamp(record.Score, 1e-15, 1 - 1e-15), labels[record.PredictionId])).ToList();
        var squares = scored.Select(record => Math.Pow(record.Score - labels[record.PredictionId], 2)).ToList();
        return new()
        {
            Version = version,
            Predictions = records.Count,
            Errors = records.Count(record => record.Error.Length > 0),
            LatencyP50Seconds = Quantile(latencies, 0.5),
            LatencyP99Seconds = Quantile(latencies, 0.99),
            Labels = scored.Count,
            Positives = scored.Count(record => labels[record.PredictionId] == 1),
            LogLossMean = losses.Average(),
            LogLossVariance = Variance(losses),
            BrierMean = squares.Average(),
            BrierVariance = Variance(squares),
        };
    }

    private static double LogLoss(double score, double label) => -Math.Log(label == 1 ? score : 1 - score);

    private static double Variance(List<double> values) => values.Sum(value => Math.Pow(value - values.Average(), 2)) / (values.Count - 1);

    private static double Quantile(List<double> sorted, double share)
    {
        var rank = share * (sorted.Count - 1);
        var below = (int)rank;
        return sorted[below] + ((rank - below) * (sorted[Math.Min(below + 1, sorted.Count - 1)] - sorted[below]));
    }

    private static void AssertSame(ArmStatistics expected, ArmStatistics actual)
    {
        Assert.Equal(
            (expected.Predictions, expected.Errors, expected.Labels, expected.Positives), (actual.Predictions, actual.Errors, actual.Labels, actual.Positives));
        Assert.Equal(expected.LatencyP50Seconds, actual.LatencyP50Seconds, 1e-9);
        Assert.Equal(expected.LatencyP99Seconds, actual.LatencyP99Seconds, 1e-9);
        Assert.Equal(expected.LogLossMean, actual.LogLossMean, 1e-9);
        Assert.Equal(expected.LogLossVariance, actual.LogLossVariance, 1e-9);
        Assert.Equal(expected.BrierMean, actual.BrierMean, 1e-9);
        Assert.Equal(expected.BrierVariance, actual.BrierVariance, 1e-9);
    }
}

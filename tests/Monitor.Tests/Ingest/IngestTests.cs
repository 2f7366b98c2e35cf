using System.Net.Http.Json;
using System.Text.Json;
using Google.Protobuf;
using ModelOps.Contracts.Features.V1;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Monitor.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Monitor.Tests.Ingest;

[Collection(MonitorFixture.Name)]
public sealed class IngestTests(MonitorFixture fixture)
{
    private readonly MonitorHost _host = fixture.Host;
    private readonly Publisher _publisher = fixture.Publisher;

    [Fact]
    public async Task A_batch_that_comes_twice_or_is_partly_known_adds_only_what_is_new()
    {
        await _publisher.PublishAsync(Records.Many("twice", 300));
        await _publisher.PublishAsync(Records.Many("twice", 300));
        await _publisher.PublishAsync(Records.Many("twice", 100, first: 250));

        await _host.StoredAsync("twice", 350);
        var stored = await _host.AllAsync("twice", pageSize: 64);

        Assert.Equal(Records.Many("twice", 350).Select(record => record.PredictionId), stored.Select(row => row.Prediction.PredictionId));
        Assert.Equal(350, (await _host.WindowsAsync("twice")).Sum(window => window.Rows));
    }

    [Fact]
    public async Task A_prediction_is_given_back_as_it_was_logged()
    {
        var record = Records.Of("faithful", "faithful-1")
            .With("whole", new() { Int64Value = long.MaxValue }).With("round", Records.Number(5)).With("large", Records.Number(1e20))
            .With("small", Records.Number(1.5e-7)).With("nothing", Records.Number(double.NaN)).With("endless", Records.Number(double.NegativeInfinity))
            .With("text", Records.Text("a \"quoted\" ü")).With("yes", new() { BoolValue = true }).With("null", new());
        record.Entities.Add(new NamedValue { Name = "user_id", Value = new() { Int64Value = 12 } });
        record.StoreFeatures.Add("round");
        record.DefaultedFeatures.Add("whole");
        record.Segment = "eu";
        record.EventTime = null;

        await _publisher.PublishAsync(record);
        await _host.StoredAsync("faithful", 1);
        var stored = (await _host.AllAsync("faithful")).Single().Prediction;

        record.EventTime = record.Time;
        Assert.Equal(ByName(record), ByName(stored));
    }

    [Fact]
    public async Task What_can_never_be_stored_is_listed_once_and_keeps_nobody_waiting()
    {
        using var http = _host.CreateHttp();
        var tooMany = new PredictionBatch { BatchId = "too-many", Predictions = { Records.Many("poison", 4_097) } }.ToByteArray();

        await _publisher.PublishAsync("this is no batch"u8.ToArray());
        await _publisher.PublishAsync("this is no batch"u8.ToArray());
        await _publisher.PublishAsync(tooMany);
        await _publisher.PublishAsync(Records.Of("poison", "good"));

        await _host.StoredAsync("poison", 1);
        var rejected = await RejectedAsync(http);
        Assert.Single(rejected, batch => batch.GetProperty("reason").GetString()!.StartsWith("body: must be a PredictionBatch", StringComparison.Ordinal));
        Assert.Single(rejected, batch => batch.GetProperty("reason").GetString() == "predictions: must be 1 to 4096, there are 4097");
    }

    [Fact]
    public async Task A_bad_record_is_rejected_with_its_reason_and_the_others_of_its_batch_are_stored()
    {
        using var http = _host.CreateHttp();
        var nameless = Records.Of("mixed", "");
        var zero = Records.Of("mixed", "mixed-b").With("text", Records.Text("a\0b"));
        var timeless = Records.Of("mixed", "mixed-c");
        timeless.Time = null;

        await _publisher.PublishAsync(Records.Of("mixed", "mixed-a"), nameless, zero, timeless, Records.Of("mixed", "mixed-d"));
        await _host.StoredAsync("mixed", 2);
        var rejected = (await RejectedAsync(http))[0];

        Assert.Equal(
            "predictions[1].prediction_id: must not be empty; predictions[2].features.text: must not contain U+0000; predictions[3].time: must be present",
            rejected.GetProperty("reason").GetString());
        Assert.Equal(3, rejected.GetProperty("records").GetInt32());
    }

    [Fact]
    public async Task Metrics_count_what_was_stored()
    {
        using var http = _host.CreateHttp();
        var slow = Records.Of("counted", "slow", score: 0.9);
        slow.LatencyUs = 300_000;
        var failed = Records.Of("counted", "failed");
        failed.Error = "the model is broken";

        await _publisher.PublishAsync(Records.Of("counted", "counted-a"), Records.Of("counted", "counted-b"), slow, failed);

        await Poll.UntilAsync("the batch is counted", async ct =>
        {
            var metrics = await http.GetStringAsync("/metrics", ct);
            return metrics.Contains("model_predictions_total{model_name=\"counted\",prediction_class=\"0\"} 2", StringComparison.Ordinal)
                && metrics.Contains("model_predictions_total{model_name=\"counted\",prediction_class=\"error\"} 1", StringComparison.Ordinal)
                && metrics.Contains("model_prediction_latency_seconds_bucket{model_name=\"counted\",le=\"0.25\"} 3", StringComparison.Ordinal)
                && metrics.Contains("model_prediction_latency_seconds_bucket{model_name=\"counted\",le=\"0.5\"} 4", StringComparison.Ordinal);
        });
    }

    private static PredictionRecord ByName(PredictionRecord record)
    {
        var sorted = record.Clone();
        var features = sorted.Features.OrderBy(feature => feature.Name, StringComparer.Ordinal).ToList();
        sorted.Features.Clear();
        sorted.Features.AddRange(features);
        return sorted;
    }

    private static async Task<IReadOnlyList<JsonElement>> RejectedAsync(HttpClient http) =>
        [.. (await http.GetFromJsonAsync<JsonElement>("/api/v1/monitoring/rejected-batches")).GetProperty("rejected_batches").EnumerateArray()];
}

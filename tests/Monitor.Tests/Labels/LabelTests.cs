using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Monitor.Tests.Support;

namespace ModelOps.Monitor.Tests.Labels;

[Collection(MonitorFixture.Name)]
public sealed class LabelTests(MonitorFixture fixture)
{
    private readonly MonitorHost _host = fixture.Host;

    [Fact]
    public async Task A_label_is_stored_once_however_often_it_comes()
    {
        await GivenAsync("labelled", 3);

        var first = await _host.LabelAsync(("labelled-000000", 1), ("labelled-000001", 0), ("labelled-000001", 0));
        var again = await _host.LabelAsync(("labelled-000000", 1), ("labelled-000002", 0));

        Assert.Equal((2, 1), (first.Stored, again.Stored));
        Assert.Equal([1, 0, 0], (await _host.AllAsync("labelled")).Select(row => row.Label));
    }

    [Fact]
    public async Task Labels_are_stored_all_or_none()
    {
        await GivenAsync("atomic", 2);

        var unknown = await RefusedAsync(("atomic-000000", 1), ("nobody", 1), ("atomic-000001", 1));
        var endless = await RefusedAsync(("atomic-000000", 1), ("atomic-000001", double.NaN));
        var torn = await RefusedAsync(("atomic-000000", 1), ("atomic-000000", 0));

        Assert.Equal((StatusCode.NotFound, true), (unknown.StatusCode, unknown.Detail.Contains("nobody", StringComparison.Ordinal)));
        Assert.Equal((StatusCode.InvalidArgument, "labels[1].label: must be finite, it is NaN"), (endless.StatusCode, endless.Detail));
        Assert.StartsWith("labels[1].label: contradicts", torn.Detail, StringComparison.Ordinal);
        Assert.All(await _host.AllAsync("atomic"), row => Assert.False(row.HasLabel));
    }

    [Fact]
    public async Task A_label_that_contradicts_a_stored_one_is_refused_and_changes_nothing()
    {
        await GivenAsync("contradicted", 2);
        await _host.LabelAsync(("contradicted-000000", 1));

        var refused = await RefusedAsync(("contradicted-000001", 0), ("contradicted-000000", 0));

        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Contains("contradicted-000000 is 1, not 0", refused.Detail, StringComparison.Ordinal);
        Assert.Equal([true, false], (await _host.AllAsync("contradicted")).Select(row => row.HasLabel));
    }

    [Fact]
    public async Task Labelled_predictions_are_read_by_event_time_and_then_id_whatever_the_order_they_came_in()
    {
        var records = Records.Many("read", 2_500).OrderBy(record => record.PredictionId.GetHashCode(StringComparison.Ordinal)).ToList();
        records[0].EventTime = records[1].EventTime;
        foreach (var batch in records.Chunk(500))
        {
            await fixture.Publisher.PublishAsync(batch);
        }
        await _host.StoredAsync("read", 2_500);
        foreach (var batch in records.Skip(100).Chunk(1_000))
        {
            await _host.LabelAsync(batch.Select(record => (record.PredictionId, 1.0)));
        }
        var to = Records.Noon.AddSeconds(2_000);

        var request = new ReadLabelledPredictionsRequest { Model = "read", To = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(to) };
        using var call = _host.Client.ReadLabelledPredictions(request, MonitorHost.Headers, MonitorHost.Deadline);
        var messages = await call.ResponseStream.ReadAllAsync().ToListAsync();

        Assert.All(messages, message => Assert.InRange(message.Predictions.Count, 1, 1_000));
        Assert.Equal(
            records.Skip(100).Where(record => record.EventTime.ToDateTimeOffset() <= to)
                .OrderBy(record => record.EventTime.ToDateTimeOffset()).ThenBy(record => record.PredictionId, StringComparer.Ordinal).Select(record => record.PredictionId),
            messages.SelectMany(message => message.Predictions).Select(row => row.Prediction.PredictionId));
    }

    [Fact]
    public async Task Labels_come_over_rest_as_well()
    {
        await GivenAsync("rest-labels", 1);
        using var http = _host.CreateHttp();

        using var stored = await http.PostAsJsonAsync("/api/v1/monitoring/labels", new { labels = new[] { new { prediction_id = "rest-labels-000000", label = 1 } } });
        using var unknown = await http.PostAsJsonAsync("/api/v1/monitoring/labels", new { labels = new[] { new { prediction_id = "nobody", label = 1 } } });
        using var torn = await http.PostAsJsonAsync("/api/v1/monitoring/labels", new { labels = new[] { new { prediction_id = "rest-labels-000000" } } });
        using var nothing = await http.PostAsJsonAsync("/api/v1/monitoring/labels", new { labels = new object?[] { null } });
        var listed = await http.GetFromJsonAsync<JsonElement>("/api/v1/monitoring/models/rest-labels/predictions?version=1&page_size=10");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.BadRequest), (stored.StatusCode, unknown.StatusCode, torn.StatusCode));
        Assert.Equal(HttpStatusCode.BadRequest, nothing.StatusCode);
        Assert.Equal("{\"stored\":1}", await stored.Content.ReadAsStringAsync());
        var row = listed.GetProperty("predictions")[0];
        Assert.Equal((1, 1), (row.GetProperty("label").GetInt32(), row.GetProperty("prediction").GetProperty("version").GetInt64()));
        Assert.Equal("2026-01-01T12:00:00Z", row.GetProperty("prediction").GetProperty("time").GetString());
    }

    private async Task GivenAsync(string model, int count)
    {
        await fixture.Publisher.PublishAsync(Records.Many(model, count));
        await _host.StoredAsync(model, count);
    }

    private async Task<Status> RefusedAsync(params (string Id, double Label)[] labels) =>
        (await Assert.ThrowsAsync<RpcException>(() => _host.LabelAsync(labels))).Status;
}

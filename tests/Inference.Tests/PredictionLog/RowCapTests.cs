using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.PredictionLog;

public sealed class RowCapTests
{
    [Fact]
    public async Task Of_a_request_with_more_rows_than_are_logged_the_first_are_and_the_rest_is_counted()
    {
        using var log = new TempFolder();
        await using var peers = await Peers.StartAsync();
        peers.Want(2, peers.Store("m", 1, OnnxModels.AddConstant(1)));
        await using var app = await InferenceApp.StartAsync(
            peers, ("Inference:PredictionLog:Path", log.Path), ("Inference:PredictionLog:MaxRowsPerRequest", "3"), ("ConnectionStrings:bus", "amqp://127.0.0.1:1"));
        await app.ReadyAsync("m", 1);

        var answer = await app.InferAsync(Requests.Of("m", Requests.Floats("x", [5, 1], 1, 2, 3, 4, 5)));

        Assert.Equal([2, 3, 4, 5, 6], Requests.FloatsOf(answer, 0));
        var records = LogFiles.Read(log.Path);
        Assert.Equal([2, 3, 4], records.Select(record => record.Score));
        Assert.Equal(["#0", "#1", "#2"], records.Select(record => record.PredictionId[36..]));
        Assert.Single(records.Select(record => Guid.Parse(record.PredictionId[..36])).Distinct());
        Assert.Contains("modelops_inference_prediction_log_dropped", await app.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Contains("{reason=\"rows\"} 2", await app.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    private sealed class TempFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("modelops-log-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}

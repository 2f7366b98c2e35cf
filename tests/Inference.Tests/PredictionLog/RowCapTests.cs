using ModelOps.Inference.Tests.Support;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

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

    [Fact]
    public async Task Rows_whose_texts_are_too_large_for_one_block_are_all_logged()
    {
        const int Rows = 512;
        using var log = new TempFolder();
        await using var peers = await Peers.StartAsync();
        peers.Want(2, peers.Store("echo", 1, OnnxModels.Identity(DataType.String)));
        await using var app = await InferenceApp.StartAsync(peers, ("Inference:PredictionLog:Path", log.Path), ("ConnectionStrings:bus", "amqp://127.0.0.1:1"));
        await app.ReadyAsync("echo", 1);

        // What a block is measured by at first are inputs of usual length; the last rows bring 4,000 bytes each, and as many as the prediction.
        var texts = Enumerable.Range(0, Rows).Select(row => new string((char)('a' + (row % 26)), row < 300 ? 1 : 4_000)).ToArray();
        await app.InferAsync(Requests.Of("echo", Requests.Tensor("x", "BYTES", Rows, 3)).Raw(Requests.Texts([.. texts.SelectMany(text => (string[])[text, "", ""])])));

        var records = LogFiles.Read(log.Path);
        Assert.Equal(Enumerable.Range(0, Rows).Select(row => $"#{row}"), records.Select(record => record.PredictionId[36..]));
        Assert.Equal(texts, records.Select(record => record.Features[0].Value.StringValue));
    }

    private sealed class TempFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("modelops-log-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}

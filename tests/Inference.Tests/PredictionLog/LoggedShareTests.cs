using System.Text;
using ModelOps.Contracts.Features.V1;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.PredictionLog;

/// <summary>What a version's serving configuration keeps out of the log.</summary>
public sealed class LoggedShareTests : IAsyncLifetime
{
    private readonly string _log = Directory.CreateTempSubdirectory("modelops-log-").FullName;
    private Peers _peers = null!;
    private InferenceApp _app = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        _app = await InferenceApp.StartAsync(_peers, ("Inference:PredictionLog:Path", _log), ("ConnectionStrings:bus", "amqp://127.0.0.1:1"));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _peers.DisposeAsync();
        Directory.Delete(_log, recursive: true);
    }

    [Fact]
    public async Task Of_a_version_that_wants_a_share_logged_every_replica_and_every_repeat_choose_alike()
    {
        await ServeAsync("m", OnnxModels.AddConstant(1), """{"prediction_log":{"sample_rate":0.5}}""");
        var expected = Enumerable.Range(0, 40).Select(i => $"p-{i}").Where(id => Inference.PredictionLog.Sampling.Takes("m", id, 0.5)).ToList();

        for (var i = 0; i < 40; i++)
        {
            await PostAsync("/v2/models/m/infer", """{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[1]}]}""", $"p-{i}");
        }
        await PostAsync("/v2/models/m/infer", """{"inputs":[{"name":"x","datatype":"FP32","shape":[4,1],"data":[1,2,3,4]}]}""", "rows");

        var rows = Enumerable.Range(0, 4).Select(row => $"rows#{row}").Where(id => Inference.PredictionLog.Sampling.Takes("m", id, 0.5)).ToList();
        Assert.Equal([.. expected, .. rows], LogFiles.Read(_log).Select(record => record.PredictionId));
        Assert.InRange(expected.Count, 10, 30);
        var metrics = await _app.Http.GetStringAsync("/metrics");
        Assert.Contains(metrics.Split('\n'), line => line.StartsWith("modelops_inference_prediction_log_not_sampled", StringComparison.Ordinal)
            && line.EndsWith($" {44 - expected.Count - rows.Count}", StringComparison.Ordinal));
        Assert.DoesNotContain("modelops_inference_prediction_log_dropped{", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redacted_feature_and_a_redacted_key_never_reach_the_disk()
    {
        _peers.Reads("named", 1, "history", 1);
        _peers.Features = _ => new GetOnlineFeaturesResponse
        {
            Vectors = { new FeatureVector { Feature = "channel", View = "v", Values = { new Value { StringValue = "secret-channel" } }, Statuses = { FeatureStatus.Present } } },
        };
        await ServeAsync("named", OnnxModels.NamedFeatures(), """{"prediction_log":{"redacted_features":["channel"],"redacted_entities":["card"]}}""");

        await PostAsync("/api/v1/models/named/predict", """{"entities":{"card":"secret-card","shop":"a","channel":"secret-key"},"features":{"amount":2}}""", "p");

        var record = Assert.Single(LogFiles.Read(_log));
        Assert.Equal(["amount"], record.Features.Select(feature => feature.Name));
        Assert.Equal(["shop"], record.Entities.Select(entity => entity.Name));
        Assert.Empty(record.StoreFeatures);
        Assert.All(Directory.EnumerateFiles(_log, "*", SearchOption.AllDirectories).Where(file => file.EndsWith(".log", StringComparison.Ordinal)), file =>
            Assert.DoesNotContain("secret", Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("second", "first third")]
    [InlineData("x", "")]
    public async Task Columns_of_a_matrix_are_redacted_by_name_or_all_together(string redacted, string logged)
    {
        await ServeAsync("matrix", OnnxModels.NamedMatrix(), $$$"""{"prediction_log":{"redacted_features":["{{{redacted}}}"]}}""");

        await PostAsync("/api/v1/models/matrix/predict", """{"features":{"first":1,"second":2,"third":3}}""", "p");

        Assert.Equal(logged.Split(' ', StringSplitOptions.RemoveEmptyEntries), Assert.Single(LogFiles.Read(_log)).Features.Select(feature => feature.Name));
    }

    [Fact]
    public async Task Why_a_run_failed_is_not_logged_where_it_might_quote_a_redacted_value()
    {
        await ServeAsync("gather", OnnxModels.Gather(), """{"prediction_log":{"redacted_features":["index"]}}""");

        await PostAsync("/v2/models/gather/infer", """{"inputs":[{"name":"index","datatype":"INT64","shape":[1],"data":[77]}]}""", "p");

        var record = Assert.Single(LogFiles.Read(_log));
        Assert.EndsWith("the reason is not logged, since features are redacted", record.Error, StringComparison.Ordinal);
        Assert.Empty(record.Features);
    }

    [Fact]
    public async Task A_name_that_the_model_does_not_have_is_refused_when_the_version_is_loaded()
    {
        _peers.Serves("named", 1, """{"prediction_log":{"redacted_features":["amount","chanel"]}}""");
        _peers.Want(2, _peers.Store("named", 1, OnnxModels.NamedFeatures()));

        await Poll.UntilAsync("it is refused", () => _peers.Reported("named", 1)?.State == LoadState.Failed);

        Assert.Equal(
            "serving.prediction_log.redacted_features: names 'chanel', which is no input and no named column of the model", _peers.Reported("named", 1)!.Reason);
    }

    private async Task ServeAsync(string model, byte[] onnx, string serving)
    {
        _peers.Serves(model, 1, serving);
        _peers.Want(2, _peers.Store(model, 1, onnx));
        await _app.ReadyAsync(model, 1);
    }

    private async Task PostAsync(string path, string body, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Requests.Json(body) };
        request.Headers.Add("x-modelops-prediction-id", id);
        using var answer = await _app.Http.SendAsync(request);
    }
}

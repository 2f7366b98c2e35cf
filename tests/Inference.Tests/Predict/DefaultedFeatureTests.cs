using System.Net;
using System.Text.Json;
using Grpc.Core;
using ModelOps.Contracts.Features.V1;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.Predict;

/// <summary>Features that are neither sent nor stored, of a version that has defaults for them.</summary>
public sealed class DefaultedFeatureTests : IAsyncLifetime
{
    private const string Keys = """{"entities":{"user_id":12}}""";
    private readonly string _log = Directory.CreateTempSubdirectory("modelops-log-").FullName;
    private Peers _peers = null!;
    private InferenceApp _app = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        foreach (var (model, defaults) in (ReadOnlySpan<(string, string)>)[("both", """{"amount":-3,"channel":"none"}"""), ("one", """{"channel":"none"}""")])
        {
            _peers.Serves(model, 1, $$$"""{"missing_features":{"policy":"default","defaults":{{{defaults}}}}}""");
            _peers.Reads(model, 1, "history", 7);
        }
        _peers.Serves("alone", 1, """{"missing_features":{"policy":"default","defaults":{"channel":"none"}}}""");
        _peers.Want(
            2,
            _peers.Store("both", 1, OnnxModels.NamedFeatures()),
            _peers.Store("one", 1, OnnxModels.NamedFeatures(("modelops.allow_nan", "false"))),
            _peers.Store("alone", 1, OnnxModels.NamedFeatures()));
        _app = await InferenceApp.StartAsync(_peers, ("Inference:PredictionLog:Path", _log), ("ConnectionStrings:bus", "amqp://127.0.0.1:1"));
        foreach (var model in (string[])["both", "one", "alone"])
        {
            await _app.ReadyAsync(model, 1);
        }
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _peers.DisposeAsync();
        Directory.Delete(_log, recursive: true);
    }

    [Theory]
    [InlineData(FeatureStatus.NotFound)]
    [InlineData(FeatureStatus.NullValue)]
    [InlineData(FeatureStatus.OutsideMaxAge)]
    public async Task What_the_store_has_no_value_of_takes_its_default_and_answer_log_and_metric_say_so(FeatureStatus status)
    {
        _peers.Features = _ => new() { Vectors = { Vector("amount", new() { DoubleValue = 2 }), Vector("channel", new(), status) } };

        var (code, answer) = await PostAsync("both", Keys);

        Assert.Equal((HttpStatusCode.OK, 1), (code, answer.GetProperty("prediction").GetInt32()));
        Assert.Equal(["channel"], Defaulted(answer));
        var record = Assert.Single(LogFiles.Read(_log));
        Assert.Equal(["amount"], record.StoreFeatures);
        Assert.Equal(["channel"], record.DefaultedFeatures);
        Assert.Equal("none", record.Features.Single(feature => feature.Name == "channel").Value.StringValue);
        Assert.Contains(await MetricsAsync(), line => line.Contains("reason=\"missing\"", StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_value_that_was_sent_or_is_stored_comes_before_the_default_and_a_feature_of_no_view_takes_it()
    {
        _peers.Features = _ => new() { Vectors = { Vector("amount", new() { DoubleValue = 2 }) } };

        var (_, sent) = await PostAsync("both", """{"features":{"amount":2,"channel":"online"}}""");
        var (_, stored) = await PostAsync("both", Keys);

        Assert.False(sent.TryGetProperty("defaulted_features", out _));
        Assert.Equal(["channel"], Defaulted(stored));
        Assert.Equal(1, stored.GetProperty("prediction").GetInt32());
    }

    [Fact]
    public async Task With_a_default_for_all_that_is_lacking_no_store_is_needed()
    {
        _peers.Features = _ => throw new RpcException(new Status(StatusCode.Unavailable, "the online store does not answer"));

        var (code, answer) = await PostAsync("both", Keys);
        var (half, _) = await PostAsync("one", Keys);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (code, half));
        Assert.Equal(["amount", "channel"], Defaulted(answer));
        Assert.Equal(0, answer.GetProperty("prediction").GetInt32());
        Assert.Contains(await MetricsAsync(), line => line.Contains("reason=\"store_away\"", StringComparison.Ordinal) && line.EndsWith(" 2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_keys_there_is_nobody_to_look_up()
    {
        var (code, answer) = await PostAsync("both", """{"features":{"amount":2}}""");

        Assert.Equal((HttpStatusCode.OK, "channel"), (code, Defaulted(answer).Single()));
        Assert.Empty(_peers.FeatureReads);
    }

    [Fact]
    public async Task What_has_no_default_is_refused_as_ever()
    {
        _peers.Features = _ => new() { Vectors = { Vector("amount", new(), FeatureStatus.NotFound), Vector("channel", new(), FeatureStatus.NotFound) } };

        var (missing, _) = await PostAsync("one", Keys);
        var (alone, answer) = await PostAsync("alone", "{}");
        var (given, defaulted) = await PostAsync("alone", """{"features":{"amount":1}}""");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.BadRequest, HttpStatusCode.OK), (missing, alone, given));
        Assert.Equal("features.amount", answer.GetProperty("field").GetString());
        Assert.Equal(["channel"], Defaulted(defaulted));
    }

    [Theory]
    [InlineData("""{"amont":1}""", "serving.missing_features.defaults.amont: is no feature of the model; it takes 'amount', 'channel'")]
    [InlineData("""{"amount":"much"}""", "serving.missing_features.defaults.amount: must be a number within FP32")]
    [InlineData("""{"amount":1e39}""", "serving.missing_features.defaults.amount: must be a number within FP32")]
    [InlineData("""{"channel":true}""", "serving.missing_features.defaults.channel: must be a string")]
    public async Task A_default_that_does_not_fit_the_model_is_refused_when_the_version_is_loaded(string defaults, string reason)
    {
        _peers.Serves("bad", 1, $$$"""{"missing_features":{"policy":"default","defaults":{{{defaults}}}}}""");
        _peers.Want(3, _peers.Store("bad", 1, OnnxModels.NamedFeatures()));

        await Poll.UntilAsync("it is refused", () => _peers.Reported("bad", 1)?.State == LoadState.Failed);

        Assert.Equal(reason, _peers.Reported("bad", 1)!.Reason);
    }

    private static FeatureVector Vector(string feature, Value value, FeatureStatus status = FeatureStatus.Present) =>
        new() { Feature = feature, View = "history", Values = { value }, Statuses = { status } };

    private static IEnumerable<string?> Defaulted(JsonElement answer) => answer.GetProperty("defaulted_features").EnumerateArray().Select(name => name.GetString());

    private async Task<IEnumerable<string>> MetricsAsync() => (await _app.Http.GetStringAsync("/metrics")).Split('\n')
        .Where(line => line.StartsWith("modelops_inference_features_defaulted", StringComparison.Ordinal));

    private async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(string model, string body)
    {
        using var answer = await _app.Http.PostAsync($"/api/v1/models/{model}/predict", Requests.Json(body));
        return (answer.StatusCode, JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()));
    }
}

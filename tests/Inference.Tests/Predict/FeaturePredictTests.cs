using System.Net;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ModelOps.Contracts.Features.V1;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Inference.Tests.Support;
using Value = ModelOps.Contracts.Features.V1.Value;

namespace ModelOps.Inference.Tests.Predict;

/// <summary>One server with models that take features by name, and a feature store that a test scripts.</summary>
public sealed class FeatureServing : IAsyncLifetime
{
    internal string Log { get; } = Directory.CreateTempSubdirectory("modelops-log-").FullName;

    internal Peers Peers { get; private set; } = null!;

    internal InferenceApp App { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Peers = await Peers.StartAsync();
        Peers.Want(
            2,
            Peers.Store("named", 2, OnnxModels.NamedFeatures()),
            Peers.Store("named", 3, OnnxModels.NamedFeatures(), primary: false),
            Peers.Store("strict", 1, OnnxModels.NamedFeatures(("modelops.allow_nan", "false"))),
            Peers.Store("matrix", 1, OnnxModels.NamedMatrix()),
            Peers.Store("alone", 1, OnnxModels.NamedFeatures()),
            Peers.Store("sum", 1, OnnxModels.SumAndDifference()));
        foreach (var (model, version) in (ReadOnlySpan<(string, long)>)[("named", 2), ("named", 3), ("strict", 1), ("matrix", 1)])
        {
            Peers.Reads(model, version, "history", 7);
        }
        App = await InferenceApp.StartAsync(Peers, ("Inference:PredictionLog:Path", Log), ("ConnectionStrings:bus", "amqp://127.0.0.1:1"), ("Inference:DefaultModel", "named"));
        foreach (var (model, version) in ((string, long)[])[("named", 2), ("named", 3), ("strict", 1), ("matrix", 1), ("alone", 1), ("sum", 1)])
        {
            await App.ReadyAsync(model, version);
        }
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await Peers.DisposeAsync();
        Directory.Delete(Log, recursive: true);
    }
}

/// <summary>One row by feature name, completed from the feature store.</summary>
public sealed class FeaturePredictTests : IClassFixture<FeatureServing>
{
    private const string Named = "/api/v1/models/named/predict";
    private readonly string _log;
    private readonly Peers _peers;
    private readonly InferenceApp _app;
    private readonly int _readBefore;
    private readonly int _loggedBefore;

    public FeaturePredictTests(FeatureServing serving)
    {
        (_log, _peers, _app) = (serving.Log, serving.Peers, serving.App);
        _peers.Features = _ => Answer(Vector("amount", new Value { DoubleValue = 2 }), Vector("channel", new Value { StringValue = "shop" }));
        (_readBefore, _loggedBefore) = (_peers.FeatureReads.Count, LogFiles.Read(_log).Count);
    }

    private IEnumerable<GetOnlineFeaturesRequest> Reads => _peers.FeatureReads.Skip(_readBefore);

    private IEnumerable<PredictionRecord> Logged => LogFiles.Read(_log).Skip(_loggedBefore);

    [Fact]
    public async Task With_all_features_given_the_store_is_not_asked()
    {
        var (status, answer) = await PostAsync(Named, """{"features":{"channel":"online","amount":2}}""", id: "mine");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(1, answer.GetProperty("prediction").GetInt32());
        Assert.Equal(0.880797, answer.GetProperty("probability").GetDouble(), 1e-6);
        Assert.Equal(("high", 2, "mine"), (answer.GetProperty("confidence").GetString(), answer.GetProperty("model_version").GetInt64(), answer.GetProperty("prediction_id").GetString()));
        Assert.Empty(Reads);
    }

    [Fact]
    public async Task What_is_lacking_is_read_in_one_call_and_what_was_given_stays()
    {
        var (status, answer) = await PostAsync(
            Named, """{"entities":{"user_id":12,"shop":"a"},"features":{"amount":-3},"event_time":"2026-01-02T03:04:05+01:00"}""");

        Assert.Equal((HttpStatusCode.OK, 0), (status, answer.GetProperty("prediction").GetInt32()));
        var read = Assert.Single(Reads);
        Assert.Equal(("default", "history", 7L), (read.Workspace, read.Selection.FeatureService, read.Selection.FeatureServiceVersion));
        Assert.Equal(["user_id", "shop"], read.Entities.Select(entity => entity.JoinKey));
        Assert.Equal((12, "a"), (read.Entities[0].Keys.Single().Int64Value, read.Entities[1].Keys.Single().StringValue));
        var record = Assert.Single(Logged);
        Assert.Equal(answer.GetProperty("prediction_id").GetString(), record.PredictionId);
        Assert.Equal(["channel"], record.StoreFeatures);
        Assert.Equal((-3, "shop"), (record.Features[0].Value.DoubleValue, record.Features[1].Value.StringValue));
        Assert.Equal(read.Entities.Select(entity => entity.Keys.Single()), record.Entities.Select(entity => entity.Value));
        Assert.Equal(Timestamp.FromDateTimeOffset(new(2026, 1, 2, 2, 4, 5, TimeSpan.Zero)), record.EventTime);
    }

    [Theory]
    [InlineData("", "body", "is empty")]
    [InlineData("[]", "body", "must be a JSON object")]
    [InlineData("""{"features":{}""", "body", "is not valid JSON: line 1, byte 15")]
    [InlineData("""{"rows":[]}""", "rows", "is not a known field")]
    [InlineData("""{"features":{},"features":{}}""", "features", "is given twice")]
    [InlineData("""{"features":[]}""", "features", "must be an object of values by feature name")]
    [InlineData("""{"features":{"price":1}}""", "features.price", "is unknown; the model takes 'amount', 'channel'")]
    [InlineData("""{"features":{"amount":1,"amount":2}}""", "features.amount", "is given twice")]
    [InlineData("""{"features":{"amount":"much"}}""", "features.amount", "must be a number within FP32")]
    [InlineData("""{"features":{"amount":1e39}}""", "features.amount", "must be a number within FP32")]
    [InlineData("""{"features":{"amount":null}}""", "features.amount", "must be a number within FP32")]
    [InlineData("""{"features":{"amount":{"of":1}}}""", "features.amount", "must be a number within FP32")]
    [InlineData("""{"features":{"channel":1}}""", "features.channel", "must be a string")]
    [InlineData("""{"entities":{"user_id":1.5}}""", "entities.user_id", "must be an integer of 64 bits, or a string of 1 to 4096 bytes")]
    [InlineData("""{"entities":{"user_id":""}}""", "entities.user_id", "must be an integer of 64 bits, or a string of 1 to 4096 bytes")]
    [InlineData("""{"entities":{"user_id":1,"user_id":1}}""", "entities.user_id", "is given twice")]
    [InlineData("""{"entities":12}""", "entities", "must be an object of keys by join key")]
    [InlineData("""{"event_time":"2026-01-02T03:04:05"}""", "event_time", "must be a timestamp of RFC 3339")]
    [InlineData("""{"event_time":7}""", "event_time", "must be a timestamp of RFC 3339")]
    [InlineData("""{} {}""", "body", "is not valid JSON: line 1, byte 4")]
    public async Task A_bad_row_is_refused_with_field_and_rule(string body, string field, string rule)
    {
        var (status, answer) = await PostAsync(Named, body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal((field, rule), (answer.GetProperty("field").GetString(), answer.GetProperty("rule").GetString()));
        Assert.Empty(Reads);
    }

    [Theory]
    [InlineData("alone", "features.amount", "is missing, and version 1 of the model reads no feature service")]
    [InlineData("matrix", "features.first", "is missing, and feature service 'history' version 7 does not have it")]
    public async Task A_feature_that_nobody_has_is_refused(string model, string field, string rule)
    {
        var (status, answer) = await PostAsync($"/api/v1/models/{model}/predict", """{"entities":{"user_id":12}}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal((field, rule), (answer.GetProperty("field").GetString(), answer.GetProperty("rule").GetString()));
    }

    [Fact]
    public async Task What_the_store_finds_wrong_with_a_key_is_said_of_the_callers_field()
    {
        _peers.Features = _ => throw new RpcException(new Status(StatusCode.InvalidArgument, "entities.user_id[0]: must be an integer of 64 bits"));

        var (status, answer) = await PostAsync(Named, """{"entities":{"user_id":"twelve"}}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(("entities.user_id", "must be an integer of 64 bits"), (answer.GetProperty("field").GetString(), answer.GetProperty("rule").GetString()));
    }

    [Theory]
    [InlineData(FeatureStatus.NotFound, "has no value")]
    [InlineData(FeatureStatus.NullValue, "is null")]
    [InlineData(FeatureStatus.OutsideMaxAge, "has only a value older than the view allows")]
    public async Task A_value_the_store_lacks_is_NaN_or_refused_as_the_model_says(FeatureStatus status, string what)
    {
        _peers.Features = _ => Answer(Vector("amount", new Value(), status));
        const string Body = """{"entities":{"user_id":12},"features":{"channel":"online"}}""";

        var lenient = await PostAsync(Named, Body);
        var strict = await PostAsync("/api/v1/models/strict/predict", Body);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (lenient.Status, strict.Status));
        Assert.Equal(
            $"feature 'amount' of view 'history' {what} for user_id 12, and the model takes no missing value of it", strict.Answer.GetProperty("detail").GetString());
        Assert.Equal(Value.KindOneofCase.None, Assert.Single(Logged).Features[0].Value.KindCase);
    }

    [Fact]
    public async Task A_text_that_the_store_lacks_has_no_NaN_to_stand_for_it()
    {
        _peers.Features = _ => Answer(Vector("channel", new Value(), FeatureStatus.NotFound));

        var (status, answer) = await PostAsync(Named, """{"entities":{"user_id":12},"features":{"amount":1}}""");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.StartsWith("feature 'channel' of view 'history' has no value for user_id 12", answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stored_value_of_another_type_is_refused()
    {
        _peers.Features = _ => Answer(Vector("amount", new Value { StringValue = "much" }));

        var (status, answer) = await PostAsync(Named, """{"entities":{"user_id":12},"features":{"channel":"online"}}""");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("has a value that does not fit FP32", answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_store_only_predictions_that_need_it_are_refused()
    {
        _peers.Features = _ => throw new RpcException(new Status(StatusCode.Unavailable, "the online store does not answer"));

        var lacking = await PostAsync(Named, """{"entities":{"user_id":12}}""");
        var complete = await PostAsync(Named, """{"features":{"channel":"online","amount":2}}""");
        var plain = await PostAsync("/predict", """{"features":[2,"online"]}""");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.OK), (lacking.Status, complete.Status, plain.Status));
        Assert.StartsWith("the feature store does not answer", lacking.Answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, Logged.Count());
    }

    [Fact]
    public async Task Columns_of_a_matrix_have_the_names_of_the_metadata()
    {
        var (status, answer) = await PostAsync("/api/v1/models/matrix/predict", """{"features":{"third":30,"first":10,"second":20}}""");

        Assert.Equal((HttpStatusCode.OK, 2), (status, answer.GetProperty("prediction").GetInt32()));
        Assert.Equal([10, 20, 30], answer.GetProperty("probabilities").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal([("first", 10), ("second", 20), ("third", 30)], Logged.Single().Features.Select(feature => (feature.Name, feature.Value.DoubleValue)));
    }

    [Theory]
    [InlineData("/api/v1/models/nobody/predict", HttpStatusCode.NotFound, "Request for unknown model: 'nobody' is not found")]
    [InlineData("/api/v1/models/sum/predict", HttpStatusCode.Conflict, "model 'sum' version 1 has no features by name (an input of one column each, or modelops.features in its metadata); use /v2/models/sum/infer")]
    public async Task Of_models_that_cannot_be_asked_so(string path, HttpStatusCode status, string detail)
    {
        var (actual, answer) = await PostAsync(path, """{"features":{}}""");

        Assert.Equal((status, detail), (actual, answer.GetProperty("detail").GetString()));
    }

    [Theory]
    [InlineData(Named, """{"features":{"amount":1,"channel":"a"}}""")]
    [InlineData("/predict", """{"features":[1,"a"]}""")]
    [InlineData("/v2/models/named/infer", """{"inputs":[{"name":"amount","datatype":"FP32","shape":[1,1],"data":[1]},{"name":"channel","datatype":"BYTES","shape":[1,1],"data":["a"]}]}""")]
    public async Task The_version_in_the_header_answers_or_nobody(string path, string body)
    {
        using var chosen = await SendAsync(path, body, version: "3");
        using var unsaid = await SendAsync(path, body);
        using var gone = await SendAsync(path, body, version: "4");

        Assert.Equal((HttpStatusCode.OK, "3"), (chosen.StatusCode, Version(chosen)));
        Assert.Equal((HttpStatusCode.OK, "2"), (unsaid.StatusCode, Version(unsaid)));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Over_grpc_the_version_in_the_metadata_answers_unless_the_request_names_one()
    {
        var request = Requests.Of("named", Requests.Floats("amount", [1, 1], 1), Requests.Tensor("channel", "BYTES", 1, 1));
        request.Inputs[1].Contents = new() { BytesContents = { Google.Protobuf.ByteString.CopyFromUtf8("a") } };

        using var chosen = _app.Grpc.ModelInferAsync(request, WithVersion("3"));
        Assert.Equal("3", (await chosen.ResponseAsync).ModelVersion);
        Assert.Equal("3", (await chosen.ResponseHeadersAsync).GetValue("x-modelops-model-version"));
        Assert.Equal("2", (await _app.Grpc.ModelInferAsync(new(request) { ModelVersion = "2" }, WithVersion("3"))).ModelVersion);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await _app.Grpc.ModelInferAsync(request, WithVersion("4")))).StatusCode);
    }

    private static Metadata WithVersion(string version)
    {
        var headers = InferenceApp.Headers;
        headers.Add("x-modelops-model-version", version);
        return headers;
    }

    private static string Version(HttpResponseMessage answer) => answer.Headers.GetValues("x-modelops-model-version").Single();

    private static GetOnlineFeaturesResponse Answer(params FeatureVector[] vectors) => new() { Vectors = { vectors } };

    private static FeatureVector Vector(string feature, Value value, FeatureStatus status = FeatureStatus.Present) =>
        new() { Feature = feature, View = "history", Values = { value }, Statuses = { status }, EventTimes = { new Timestamp() } };

    private async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(string path, string body, string? id = null)
    {
        using var answer = await SendAsync(path, body, id);
        return (answer.StatusCode, JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()));
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string body, string? id = null, string? version = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Requests.Json(body) };
        request.Headers.Add("x-modelops-prediction-id", id);
        request.Headers.Add("x-modelops-model-version", version);
        return await _app.Http.SendAsync(request);
    }
}

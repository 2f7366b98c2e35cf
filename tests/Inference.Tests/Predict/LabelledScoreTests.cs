using System.Text.Json;
using ModelOps.Inference.Tests.Support;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Inference.Tests.Predict;

/// <summary>The probability of an answer is that of its label, which need not be the highest one.</summary>
public sealed class LabelledScoreTests : IAsyncLifetime
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

    [Theory]
    [InlineData("""{"cut":0.3}""", null, "1", 0.35, "low")]
    [InlineData("""{"cut":0.4}""", null, "0", 0.65, "medium")]
    [InlineData("""{"cut":0.3,"column":0}""", null, "1", 0.65, "medium")]
    [InlineData("""{"cut":0.7,"column":0}""", null, "0", 0.35, "low")]
    [InlineData("""{"cut":0.3}""", """["good","fraud"]""", "fraud", 0.35, "low")]
    [InlineData("""{"cut":0.4}""", """["good","fraud"]""", "good", 0.65, "medium")]
    [InlineData("""{"cut":0.3}""", """["good"]""", "other", 0.35, "low")]
    [InlineData("""{"cut":0.3}""", """["any","any"]""", "any", null, null)]
    public async Task Beside_a_threshold_the_probability_is_that_of_the_label(string threshold, string? labels, string prediction, double? probability, string? confidence)
    {
        var map = labels is null ? "" : $$$""",{"name":"text","inputs":{"input":"index"},"outputs":{"output":"label"},"label_map":{"labels":{{{labels}}},"other":"other"}}""";
        _peers.Serves(
            "cut",
            1,
            $$$"""
            {"graph":{"steps":[
              {"name":"own","inputs":{"amount":"amount","channel":"channel"},"outputs":{"probabilities":"probabilities"}},
              {"name":"cut","inputs":{"input":"probabilities"},"outputs":{"output":"index"},"threshold":{{{threshold}}}}{{{map}}}],
            "outputs":["{{{(labels is null ? "index" : "label")}}}","probabilities"]}}
            """);

        var answer = await PredictAsync("cut", OnnxModels.NamedFeatures(), """{"amount":-0.6190392,"channel":"a"}""");

        Assert.Equal(prediction, answer.GetProperty("prediction").ToString());
        AssertProbability(probability, confidence, answer);
    }

    [Theory]
    [InlineData(DataType.Int8, -3, "-3")]
    [InlineData(DataType.Int16, 2, "2")]
    [InlineData(DataType.Int32, 0, "0")]
    [InlineData(DataType.Uint8, 200, "200")]
    [InlineData(DataType.Uint16, 2, "2")]
    [InlineData(DataType.Uint32, 2, "2")]
    [InlineData(DataType.Uint64, 2, "2")]
    [InlineData(DataType.Bool, 1, "true")]
    public async Task A_label_of_any_integer_type_is_answered_and_logged(DataType type, int amount, string prediction)
    {
        var answer = await PredictAsync("cast", OnnxModels.CastLabel(type), $$"""{"amount":{{amount}}}""");

        Assert.Equal(prediction, answer.GetProperty("prediction").GetRawText());
        AssertProbability(0.5, "medium", answer); // nothing says what the scores stand for: the highest
        Assert.Equal(prediction, Assert.Single(LogFiles.Read(_log)).Prediction);
    }

    [Fact]
    public async Task A_label_that_is_a_class_has_the_score_at_the_place_of_the_class()
    {
        var answer = await PredictAsync("cast", OnnxModels.CastLabel(DataType.Int64, ("modelops.classes", """["1","2","7"]""")), """{"amount":2}""");

        AssertProbability(0.2, "low", answer);
    }

    private static void AssertProbability(double? probability, string? confidence, JsonElement answer)
    {
        Assert.Equal(probability, answer.TryGetProperty("probability", out var told) ? Math.Round(told.GetDouble(), 5) : (double?)null);
        Assert.Equal(confidence, answer.TryGetProperty("confidence", out var word) ? word.GetString() : null);
        Assert.True(answer.TryGetProperty("probabilities", out _));
    }

    private async Task<JsonElement> PredictAsync(string model, byte[] onnx, string features)
    {
        _peers.Want(2, _peers.Store(model, 1, onnx));
        await _app.ReadyAsync(model, 1);
        using var answer = await _app.Http.PostAsync($"/api/v1/models/{model}/predict", Requests.Json($$"""{"features":{{features}}}"""));
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
    }
}

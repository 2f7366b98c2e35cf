using System.Net;
using System.Text.Json;
using Google.Protobuf;
using ModelOps.Inference.Tests.Support;
using ModelOps.Onnx.Schema;
using ModelOps.Testing;
using ModelOps.Training.Data;
using ModelOps.Training.Export;
using ModelOps.Training.Linear;
using ModelOps.Training.Trees;

namespace ModelOps.Inference.Tests.Explanations;

/// <summary>One server with models that can be explained, and one that cannot.</summary>
public sealed class ExplainedServing : IAsyncLifetime
{
    internal Peers Peers { get; private set; } = null!;

    internal InferenceApp App { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Peers = await Peers.StartAsync();
        App = await InferenceApp.StartAsync(Peers, ("Inference:Explanations:MaxStepsPerRow", "200000"));
        var table = Table();
        Peers.Want(
            2,
            Peers.Store("trees", 1, BoostedTreesOnnx.Export(GradientBoostedTrees.Train(table, new BoostingOptions { MinSamplesLeaf = 5, MaxIterations = 20 }, CancellationToken.None))),
            Peers.Store("logistic", 1, LogisticModelOnnx.Export(LogisticRegression.Train(table, new LogisticOptions(), CancellationToken.None))),
            Peers.Store("matrix", 1, Named(await File.ReadAllBytesAsync(Path.Combine(Golden.Folder, "models", "gbc_d3.onnx")))),
            Peers.Store("network", 1, OnnxModels.NamedFeatures()));
        foreach (var model in (string[])["trees", "logistic", "matrix", "network"])
        {
            await App.ReadyAsync(model, 1);
        }
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await Peers.DisposeAsync();
    }

    private static TrainingTable Table()
    {
        var random = new Random(1);
        float[] amounts = [.. Enumerable.Range(0, 400).Select(_ => random.NextSingle())];
        string[] channels = [.. amounts.Select(_ => random.Next(2) == 0 ? "online" : "shop")];
        int[] labels = [.. amounts.Select((amount, row) => amount + (channels[row] == "online" ? 0.5 : 0) + random.NextDouble() > 1.2 ? 1 : 0)];
        return new TrainingTable.Builder().Add(new NumericColumn("amount"), amounts).Add(CategoricalColumn.Of("channel", channels), channels).Build(labels);
    }

    private static byte[] Named(byte[] onnx)
    {
        var model = ModelProto.Parser.ParseFrom(onnx);
        model.MetadataProps.Add(new StringStringEntryProto
        {
            Key = "modelops.features",
            Value = JsonSerializer.Serialize(Enumerable.Range(0, 30).Select(i => $"f{i}")),
        });
        return model.ToByteArray();
    }
}

/// <summary>Explanations beside predictions.</summary>
public sealed class ExplanationTests(ExplainedServing serving) : IClassFixture<ExplainedServing>
{
    private const string Row = """{"features":{"amount":0.75,"channel":"online"}}""";

    [Theory, InlineData("trees"), InlineData("logistic")]
    public async Task The_contributions_of_named_features_add_up_to_the_log_odds_of_the_answer(string model)
    {
        var (status, answer) = await PostAsync($"/api/v1/models/{model}/predict?explain=true", Row);

        Assert.Equal(HttpStatusCode.OK, status);
        var explanation = answer.GetProperty("explanation");
        Assert.Equal(("log_odds", "1", "training_data"), (Text(explanation, "output"), Text(explanation, "class"), Text(explanation, "baseline")));
        var contributions = explanation.GetProperty("contributions").EnumerateArray().ToList();
        Assert.Equal(["amount", "channel"], contributions.Select(entry => Text(entry, "feature")).Order());
        Assert.Equal(0.75, contributions.Single(entry => Text(entry, "feature") == "amount").GetProperty("value").GetDouble());
        Assert.Equal("online", Text(contributions.Single(entry => Text(entry, "feature") == "channel"), "value"));
        Assert.True(Math.Abs(Contribution(contributions[0])) >= Math.Abs(Contribution(contributions[1])));
        var score = explanation.GetProperty("expected_value").GetDouble() + contributions.Sum(Contribution);
        Assert.Equal(answer.GetProperty("probabilities")[1].GetDouble(), 1 / (1 + Math.Exp(-score)), 1e-5);
    }

    [Fact]
    public async Task The_columns_of_a_matrix_are_explained_by_their_names()
    {
        var features = string.Join(",", Enumerable.Range(0, 30).Select(i => $"\"f{i}\":{i * 0.1 - 1.5}"));

        var (status, answer) = await PostAsync("/api/v1/models/matrix/predict?explain=true", $$$"""{"features":{{{{features}}}}}""");

        Assert.Equal(HttpStatusCode.OK, status);
        var contributions = answer.GetProperty("explanation").GetProperty("contributions").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"f{i}").Order(), contributions.Select(entry => Text(entry, "feature")).Order());
        Assert.Equal("uniform", Text(answer.GetProperty("explanation"), "baseline"));
        var score = answer.GetProperty("explanation").GetProperty("expected_value").GetDouble() + contributions.Sum(Contribution);
        Assert.Equal(answer.GetProperty("probabilities")[1].GetDouble(), 1 / (1 + Math.Exp(-score)), 1e-5);
    }

    [Theory, InlineData(""), InlineData("?explain=false")]
    public async Task Nothing_is_explained_unasked(string query)
    {
        var (status, answer) = await PostAsync($"/api/v1/models/trees/predict{query}", Row);

        Assert.Equal((HttpStatusCode.OK, false), (status, answer.TryGetProperty("explanation", out _)));
    }

    [Fact]
    public async Task A_model_that_cannot_be_explained_says_why_and_still_predicts()
    {
        var (refused, problem) = await PostAsync("/api/v1/models/network/predict?explain=true", Row);
        var (status, _) = await PostAsync("/api/v1/models/network/predict", Row);

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK), (refused, status));
        Assert.Equal(
            "model 'network' version 1 cannot be explained: the model is neither made of trees nor linear: it has no operator that scores among Sigmoid, Sub, Concat, ArgMax, Identity",
            Text(problem, "detail"));
    }

    [Fact]
    public async Task Anything_but_true_and_false_is_refused()
    {
        var (status, problem) = await PostAsync("/api/v1/models/trees/predict?explain=yes", Row);

        Assert.Equal((HttpStatusCode.BadRequest, "explain", "must be true or false"), (status, Text(problem, "field"), Text(problem, "rule")));
    }

    [Fact]
    public async Task A_version_whose_file_left_the_cache_is_explained_after_another_download()
    {
        await using var peers = await Peers.StartAsync();
        await using var app = await InferenceApp.StartAsync(peers);
        var onnx = LogisticModelOnnx.Export(LogisticRegression.Train(
            new TrainingTable.Builder().Add(new NumericColumn("amount"), [1, 2, 3, 4]).Build([0, 1, 0, 1]), new LogisticOptions(), CancellationToken.None));
        peers.Want(2, peers.Store("small", 1, onnx));
        await app.ReadyAsync("small", 1);
        Directory.Delete(app.CacheDirectory, recursive: true);

        async Task<HttpStatusCode> ExplainAsync()
        {
            using var answer = await app.Http.PostAsync("/api/v1/models/small/predict?explain=true", Requests.Json("""{"features":{"amount":2}}"""));
            return answer.StatusCode;
        }

        Assert.Equal((HttpStatusCode.OK, 2), (await ExplainAsync(), peers.Downloads));
        Directory.Delete(app.CacheDirectory, recursive: true);
        Assert.Equal((HttpStatusCode.OK, 2), (await ExplainAsync(), peers.Downloads));
    }

    private static double Contribution(JsonElement entry) => entry.GetProperty("contribution").GetDouble();

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(string path, string body)
    {
        using var answer = await serving.App.Http.PostAsync(path, Requests.Json(body));
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
        return (answer.StatusCode, json.RootElement.Clone());
    }
}

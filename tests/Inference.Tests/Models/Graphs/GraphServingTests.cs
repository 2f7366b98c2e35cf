using Grpc.Core;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.Models.Graphs;

/// <summary>One server with versions that are graphs, and with their parts.</summary>
public sealed class GraphServing : IAsyncLifetime
{
    internal const string Pipeline =
        """
        {"graph":{"steps":[
          {"name":"text","inputs":{"input":"index"},"outputs":{"output":"label"},"label_map":{"labels":["good","fraud"]}},
          {"name":"cut","inputs":{"input":"probabilities"},"outputs":{"output":"index"},"threshold":{"cut":0.3}},
          {"name":"network","inputs":{"input":"scaled"},"outputs":{"probabilities":"probabilities"}},
          {"name":"scale","inputs":{"input":"features"},"outputs":{"output":"scaled"},"scale":{"mean":[MEAN],"std":[STD]}}],
        "outputs":["label","probabilities"]}}
        """;

    internal const string Ensemble =
        """
        {"graph":{"steps":[
          {"name":"network","inputs":{"input":"x"},"outputs":{"probabilities":"a"},"model":{"name":"mlp","version":1}},
          {"name":"trees","inputs":{"input":"x"},"outputs":{"probabilities":"b"},"model":{"name":"gbc_d3","version":1}},
          {"name":"both","inputs":{"a":"a","b":"b"},"outputs":{"sum":"sum","difference":"difference"}}],
        "outputs":["sum","difference","a"]}}
        """;

    internal const string Texts =
        """
        {"graph":{"steps":[
          {"name":"title","inputs":{"x":"title"},"outputs":{"y":"t"},"model":{"name":"doubles","version":1}},
          {"name":"body","inputs":{"x":"body"},"outputs":{"y":"b"},"model":{"name":"doubles","version":1}},
          {"name":"both","inputs":{"a":"body","b":"mask"},"outputs":{"sum":"sum"}}],
        "outputs":["t","b","sum"]}}
        """;

    internal static readonly float[] Means = [.. Enumerable.Range(0, 30).Select(i => i / 10f)];

    internal static readonly float[] Deviations = [.. Enumerable.Range(0, 30).Select(i => 1 + (i / 4f))];

    internal Peers Peers { get; private set; } = null!;

    internal InferenceApp App { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Peers = await Peers.StartAsync();
        App = await InferenceApp.StartAsync(Peers);
        Peers.Serves("pipeline", 1, Pipeline.Replace("MEAN", string.Join(",", Means), StringComparison.Ordinal).Replace("STD", string.Join(",", Deviations), StringComparison.Ordinal));
        Peers.Serves("ensemble", 1, Ensemble);
        Peers.Serves("texts", 1, Texts);
        Peers.Store("doubles", 1, OnnxModels.Doubles());
        DesiredVersion[] versions =
        [
            Peers.Store("mlp", 1, Model("mlp")), Peers.Store("gbc_d3", 1, Model("gbc_d3")),
            Peers.Store("pipeline", 1, Model("mlp")), Peers.Store("ensemble", 1, OnnxModels.SumAndDifference()),
            Peers.Store("texts", 1, OnnxModels.OpenSum()),
        ];
        Peers.Want(2, versions);
        foreach (var version in versions)
        {
            await App.ReadyAsync(version.Model, 1);
        }
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await Peers.DisposeAsync();
    }

    internal static byte[] Model(string name) => File.ReadAllBytes(Path.Combine(Golden.Folder, "models", $"{name}.onnx"));
}

/// <summary>Versions that are graphs of steps, as callers see them.</summary>
public sealed class GraphServingTests(GraphServing serving) : IClassFixture<GraphServing>
{
    private readonly InferenceApp _app = serving.App;

    [Fact]
    public async Task An_ensemble_answers_as_its_parts_do_one_by_one()
    {
        var rows = Rows(5);

        var whole = await _app.InferAsync(Requests.Of("ensemble", Requests.Floats("x", [5, 30], rows)));

        var network = await ProbabilitiesAsync("mlp", rows);
        var trees = await ProbabilitiesAsync("gbc_d3", rows);
        Assert.Equal(["sum", "difference", "a"], whole.Outputs.Select(output => output.Name));
        Assert.Equal(network.Zip(trees, (a, b) => a + b), Requests.FloatsOf(whole, 0));
        Assert.Equal(network.Zip(trees, (a, b) => a - b), Requests.FloatsOf(whole, 1));
        Assert.Equal(network, Requests.FloatsOf(whole, 2));
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_answered()
    {
        var answer = await _app.InferAsync(Requests.Of("ensemble", Requests.Floats("x", [1, 30], Rows(1))).WithOutputs("a"));

        Assert.Equal("a", Assert.Single(answer.Outputs).Name);
        Assert.Equal(await ProbabilitiesAsync("mlp", Rows(1)), Requests.FloatsOf(answer, 0));
    }

    [Fact]
    public async Task Scale_model_threshold_and_label_map_answer_as_the_same_steps_by_hand()
    {
        var rows = Rows(6);
        float[] scaled = [.. rows.Select((value, i) => (value - GraphServing.Means[i % 30]) / GraphServing.Deviations[i % 30])];

        var answer = await _app.InferAsync(Requests.Of("pipeline", Requests.Floats("features", [6, 30], rows)));

        var probabilities = await ProbabilitiesAsync("mlp", scaled);
        var labels = Enumerable.Range(0, 6).Select(row => probabilities[(2 * row) + 1] >= 0.3f ? "fraud" : "good").ToArray();
        Assert.Equal(Requests.Texts(labels), answer.RawOutputContents[0].ToByteArray());
        Assert.All(probabilities.Zip(Requests.FloatsOf(answer, 1)), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public async Task The_schema_is_that_of_the_whole()
    {
        var pipeline = await _app.Grpc.ModelMetadataAsync(new() { Name = "pipeline" }, InferenceApp.Headers);
        var ensemble = await _app.Grpc.ModelMetadataAsync(new() { Name = "ensemble" }, InferenceApp.Headers);

        Assert.Equal([("features", "FP32", "-1,30")], pipeline.Inputs.Select(Text));
        Assert.Equal([("label", "BYTES", "-1"), ("probabilities", "FP32", "-1,2")], pipeline.Outputs.Select(Text));
        Assert.Equal([("x", "FP32", "-1,30")], ensemble.Inputs.Select(Text));
    }

    [Fact]
    public async Task Lengths_of_one_name_may_differ_between_steps_but_not_within_one_and_rows_are_common_to_all()
    {
        var answer = await _app.InferAsync(Texts(rows: 1, mask: 40));
        var otherLength = await _app.RefusedAsync(Texts(rows: 1, mask: 39));
        var otherRows = await _app.RefusedAsync(Texts(rows: 2, mask: 40));

        Assert.Equal(["1,5", "1,40", "1,40"], answer.Outputs.Select(output => string.Join(",", output.Shape)));
        Assert.Equal("inputs.mask: has 39 in dimension 1 ('T') where input 'body' has 40", otherLength.Detail);
        Assert.Equal("inputs.body: has 2 in dimension 0 ('N') where input 'title' has 1", otherRows.Detail);
    }

    [Fact]
    public async Task Rows_of_many_requests_go_through_all_steps_together()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
            Requests.FloatsOf(await _app.InferAsync(Requests.Of("ensemble", Requests.Floats("x", [1, 30], Rows(1, seed: i)))), 2)));

        for (var i = 0; i < answers.Length; i++)
        {
            var alone = await ProbabilitiesAsync("mlp", Rows(1, seed: i));
            Assert.All(alone.Zip(answers[i]), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Theory]
    [InlineData("""{"name":"own","inputs":{"a":"x","c":"x"},"outputs":{"sum":"y"}}""", "serving.graph.steps[0].inputs.c: is unknown; the step takes 'a', 'b'")]
    [InlineData("""{"name":"own","inputs":{"a":"x"},"outputs":{"sum":"y"}}""", "serving.graph.steps[0].inputs: must say where 'b' comes from; the step takes 'a', 'b'")]
    [InlineData("""{"name":"own","inputs":{"a":"x","b":"x"},"outputs":{"total":"y"}}""", "serving.graph.steps[0].outputs.total: is unknown; the step gives 'sum', 'difference'")]
    [InlineData(
        """{"name":"own","inputs":{"a":"x","b":"p"},"outputs":{"sum":"y"}},{"name":"mlp","inputs":{"input":"z"},"outputs":{"label":"p"},"model":{"name":"mlp","version":1}}""",
        "serving.graph.steps[0].inputs.b: takes FP32 [-1,2], value 'p' is INT64 [-1]")]
    [InlineData(
        """{"name":"own","inputs":{"a":"x","b":"x"},"outputs":{"sum":"s"}},{"name":"text","inputs":{"input":"s"},"outputs":{"output":"y"},"label_map":{"labels":["a"]}}""",
        "serving.graph.steps[1].inputs.input: must be integers to be mapped to labels, they are FP32")]
    [InlineData(
        """{"name":"own","inputs":{"a":"x","b":"x"},"outputs":{"sum":"y"}},{"name":"m","inputs":{"a":"y"},"outputs":{"b":"z"},"model":{"name":"nobody","version":4}}""",
        "serving.graph.steps[1].model: 'nobody' version 4 is not registered")]
    public async Task A_graph_that_does_not_fit_its_models_does_not_load(string steps, string reason)
    {
        await using var peers = await Peers.StartAsync();
        await using var app = await InferenceApp.StartAsync(peers);
        peers.Store("mlp", 1, GraphServing.Model("mlp"));
        peers.Serves("wrong", 1, $$$"""{"graph":{"steps":[{{{steps}}}],"outputs":["y"] } }""");

        peers.Want(2, peers.Store("wrong", 1, OnnxModels.SumAndDifference()));

        await Poll.UntilAsync("the version is refused", () => peers.Reported("wrong", 1) is { State: LoadState.Failed });
        Assert.Equal(reason, peers.Reported("wrong", 1)!.Reason);
    }

    [Fact]
    public async Task A_category_that_is_to_be_refused_is_refused_and_the_version_loads_without_knowing_one()
    {
        await using var peers = await Peers.StartAsync();
        await using var app = await InferenceApp.StartAsync(peers);
        peers.Serves(
            "coded",
            1,
            """
            {"graph":{"steps":[
              {"name":"code","inputs":{"input":"channel"},"outputs":{"output":"columns"},"encode":{"texts":["online","shop","phone"],"unknown":"reject"}},
              {"name":"own","inputs":{"x":"columns"},"outputs":{"y":"y"}}],
            "outputs":["y"]}}
            """);
        peers.Want(2, peers.Store("coded", 1, OnnxModels.Identity(Onnx.Schema.TensorProto.Types.DataType.Float)));
        await app.ReadyAsync("coded", 1);

        var known = await app.InferAsync(Requests.Of("coded", Requests.Tensor("channel", "BYTES", 2, 1)).Raw(Requests.Texts("shop", "online")));
        var unknown = await app.RefusedAsync(Requests.Of("coded", Requests.Tensor("channel", "BYTES", 1, 1)).Raw(Requests.Texts("fax")));

        Assert.Equal([0f, 1, 0, 1, 0, 0], Requests.FloatsOf(known, 0));
        Assert.Equal(StatusCode.InvalidArgument, unknown.StatusCode);
    }

    [Fact]
    public async Task A_restart_needs_no_registry_for_the_members()
    {
        var cache = Directory.CreateTempSubdirectory("modelops-graph-").FullName;
        await using var peers = await Peers.StartAsync();
        peers.Store("mlp", 1, GraphServing.Model("mlp"));
        peers.Store("gbc_d3", 1, GraphServing.Model("gbc_d3"));
        peers.Serves("ensemble", 1, GraphServing.Ensemble);
        peers.Want(2, peers.Store("ensemble", 1, OnnxModels.SumAndDifference()));
        await using (var app = await InferenceApp.StartAsync(peers, ("Inference:CacheDirectory", cache)))
        {
            await app.ReadyAsync("ensemble", 1);
        }
        var (downloads, lookups) = (peers.Downloads, peers.Lookups);

        await using var again = await InferenceApp.StartAsync(peers, ("Inference:CacheDirectory", cache));
        await again.ReadyAsync("ensemble", 1);

        Assert.Equal((3, 3, 3, 3), (downloads, lookups, peers.Downloads, peers.Lookups));
        Directory.Delete(cache, recursive: true);
    }

    private static (string Name, string Datatype, string Shape) Text(ModelMetadataResponse.Types.TensorMetadata tensor) =>
        (tensor.Name, tensor.Datatype, string.Join(",", tensor.Shape));

    private static ModelInferRequest Texts(int rows, int mask) => Requests.Of(
        "texts",
        Requests.Floats("title", [1, 5], new float[5]),
        Requests.Floats("body", [rows, 40], new float[rows * 40]),
        Requests.Floats("mask", [rows, mask], new float[rows * mask]));

    private static float[] Rows(int rows, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows * 30).Select(_ => (random.NextSingle() * 6) - 3)];
    }

    private async Task<float[]> ProbabilitiesAsync(string model, float[] rows) => Requests.FloatsOf(
        await _app.InferAsync(Requests.Of(model, Requests.Floats("input", [rows.Length / 30, 30], rows)).WithOutputs("probabilities")), 0);
}

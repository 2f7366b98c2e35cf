using ModelOps.Contracts.Gateway.V1;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests;

/// <summary>One server with one model of each kind, for tests that only ask.</summary>
public sealed class Serving : IAsyncLifetime
{
    public const string Name = "one server with one model of each kind";
    public const string StrictModel = "strict";
    private static readonly string[] GoldenModels = ["mlp", "gbc_d3", "conv"];

    internal InferenceApp App { get; private set; } = null!;

    internal Peers Peers { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Peers = await Peers.StartAsync();
        App = await InferenceApp.StartAsync(
            Peers, ("Inference:DefaultModel", "named"), ("Inference:MaxRunTime", "00:00:02"), ("Inference:MaxOutputBytes", "1048576"));
        DesiredVersion[] versions =
        [
            .. GoldenModels.Select(model => Peers.Store(model, 1, File.ReadAllBytes(Path.Combine(Golden.Folder, "models", $"{model}.onnx")))),
            .. OnnxModels.AllTypes.Select(type => Peers.Store($"identity_{type}".ToLowerInvariant(), 1, OnnxModels.Identity(type))),
            Peers.Store("sum", 1, OnnxModels.SumAndDifference()),
            Peers.Store(StrictModel, 3, OnnxModels.SumAndDifference(("modelops.allow_nan", "false"))),
            Peers.Store("named", 2, OnnxModels.NamedFeatures()),
            Peers.Store("log", 1, OnnxModels.Log()),
            Peers.Store("log64", 1, OnnxModels.Log(Onnx.Schema.TensorProto.Types.DataType.Double)),
            Peers.Store("gather", 1, OnnxModels.Gather()),
            Peers.Store("rounds", 1, OnnxModels.Rounds()),
            Peers.Store("inflate", 1, OnnxModels.Inflate()),
            Peers.Store("zipmap", 1, OnnxModels.ZipMap()),
        ];
        Peers.Want(2, versions);
        foreach (var version in versions.Where(version => version.Model != "zipmap"))
        {
            await App.ReadyAsync(version.Model, version.Version);
        }
        await Poll.UntilAsync("zipmap is refused", () => Peers.Reported("zipmap", 1)?.State == LoadState.Failed);
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await Peers.DisposeAsync();
    }
}

[CollectionDefinition(Serving.Name)]
public sealed class ServingGroup : ICollectionFixture<Serving>;

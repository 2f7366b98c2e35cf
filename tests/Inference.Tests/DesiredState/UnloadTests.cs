using System.Net;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.DesiredState;

/// <summary>What an operator takes out of service on one replica, and what the Gateway wants of it afterwards.</summary>
public sealed class UnloadTests
{
    [Fact]
    public async Task A_model_stays_unloaded_until_other_versions_of_it_are_wanted()
    {
        await using var peers = await Peers.StartAsync();
        var first = peers.Store("model", 1, OnnxModels.AddConstant(1));
        peers.Want(2, first);
        await using var app = await InferenceApp.StartAsync(peers);
        await app.ReadyAsync("model", 1);

        using var unloaded = await app.Http.PostAsync("/v2/repository/models/model/unload", null);
        Assert.Equal(HttpStatusCode.OK, unloaded.StatusCode);
        await Poll.UntilAsync("the Gateway is told", () => peers.Reported("model", 1) is null, ct: CancellationToken.None);
        Assert.True((await app.Grpc.ServerReadyAsync(new(), InferenceApp.Headers)).Ready);

        peers.Want(3, first, peers.Store("other", 1, OnnxModels.AddConstant(2)));
        await app.ReadyAsync("other", 1);
        Assert.False((await app.Grpc.ModelReadyAsync(new() { Name = "model" }, InferenceApp.Headers)).Ready);

        peers.Want(4, first, peers.Store("model", 2, OnnxModels.AddConstant(3), primary: false));
        await app.ReadyAsync("model", 1);
        await app.ReadyAsync("model", 2);
    }
}

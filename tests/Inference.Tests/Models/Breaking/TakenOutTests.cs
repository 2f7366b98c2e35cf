using Grpc.Core;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.Models.Breaking;

public sealed class TakenOutTests : IAsyncLifetime
{
    private Peers _peers = null!;
    private InferenceApp _app = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        _app = await InferenceApp.StartAsync(
            _peers,
            ("Inference:MaxRunTime", "00:00:00.100"),
            ("Inference:Breaker:Failures", "3"),
            ("Inference:Breaker:Wait", "00:00:02"),
            ("Inference:Heartbeat", "00:00:00.100"));
        _peers.Want(2, _peers.Store("rounds", 1, OnnxModels.Rounds()), _peers.Store("m", 1, OnnxModels.AddConstant(1)));
        await _app.ReadyAsync("rounds", 1);
        await _app.ReadyAsync("m", 1);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _peers.DisposeAsync();
    }

    [Fact]
    public async Task A_version_whose_runs_fail_is_refused_at_once_reported_and_back_when_it_is_well()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(StatusCode.DeadlineExceeded, (await _app.RefusedAsync(Rounds(long.MaxValue))).StatusCode);
        }

        var refused = await _app.RefusedAsync(Rounds(1));

        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.StartsWith("version 1 of 'rounds' is taken out for now: 3 of 3 runs failed", refused.Detail, StringComparison.Ordinal);
        Assert.False((await _app.Grpc.ModelReadyAsync(new() { Name = "rounds" }, InferenceApp.Headers)).Ready);
        var index = await _app.Grpc.RepositoryIndexAsync(new(), InferenceApp.Headers);
        Assert.Equal("UNAVAILABLE", index.Models.Single(model => model.Name == "rounds").State);
        await Poll.UntilAsync("the gateway is told", () => _peers.Reported("rounds", 1)?.State == LoadState.Failed);
        Assert.Equal(LoadState.Ready, _peers.Reported("m", 1)!.State);

        await Poll.UntilAsync("the gateway may send one again", () => _peers.Reported("rounds", 1)?.State == LoadState.Ready);
        await _app.InferAsync(Rounds(1));
        await _app.InferAsync(Rounds(1));
    }

    [Fact]
    public async Task What_a_caller_sends_wrongly_takes_nothing_out()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(StatusCode.InvalidArgument, (await _app.RefusedAsync(Requests.Of("m", Requests.Floats("x", [1, 2], 1, 2)))).StatusCode);
        }

        var answer = await _app.InferAsync(Requests.Of("m", Requests.Floats("x", [1, 1], 1)));
        Assert.Equal([2], Requests.FloatsOf(answer, 0));
    }

    private static ModelInferRequest Rounds(long rounds) => Requests.Of("rounds", Requests.Tensor("rounds", "INT64", 1)).Raw(BitConverter.GetBytes(rounds));
}

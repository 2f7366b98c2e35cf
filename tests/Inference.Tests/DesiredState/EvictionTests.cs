using ModelOps.Contracts.Gateway.V1;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.DesiredState;

/// <summary>Room for two versions.</summary>
public sealed class EvictionTests : IAsyncLifetime
{
    private Peers _peers = null!;
    private InferenceApp _app = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        _app = await InferenceApp.StartAsync(_peers, ("Inference:MaxModelBytes", $"{20 << 20}"), ("Inference:IdleAfter", "00:00:00"));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _peers.DisposeAsync();
    }

    [Fact]
    public async Task An_idle_version_makes_room_and_comes_back_when_it_is_to_answer()
    {
        var old = _peers.Store("m", 1, OnnxModels.AddConstant(1), primary: false);
        var primary = _peers.Store("m", 2, OnnxModels.AddConstant(2));
        _peers.Want(2, old, primary);
        await ReportedAsync("m", 1, LoadState.Ready);
        await ReportedAsync("m", 2, LoadState.Ready);

        _peers.Want(3, old, primary, _peers.Store("n", 1, OnnxModels.AddConstant(3)));
        await ReportedAsync("n", 1, LoadState.Ready);
        await ReportedAsync("m", 1, LoadState.Failed);

        Assert.StartsWith("unloaded to make room for default/n/1", _peers.Reported("m", 1)!.Reason, StringComparison.Ordinal);
        Assert.Equal(2, await AskAsync("m"));
        Assert.True((await _app.Grpc.ServerReadyAsync(new(), InferenceApp.Headers)).Ready);

        _peers.Want(4, new DesiredVersion(old) { Primary = true });
        await ReportedAsync("m", 1, LoadState.Ready);
        Assert.Equal(1, await AskAsync("m"));
    }

    [Fact]
    public async Task Without_anything_idle_a_version_waits_and_says_why()
    {
        var (first, second) = (_peers.Store("a", 1, OnnxModels.AddConstant(1)), _peers.Store("b", 1, OnnxModels.AddConstant(2)));
        _peers.Want(2, first, second);
        await ReportedAsync("a", 1, LoadState.Ready);
        await ReportedAsync("b", 1, LoadState.Ready);

        var third = _peers.Store("c", 1, OnnxModels.AddConstant(3));
        _peers.Want(3, first, second, third);
        await ReportedAsync("c", 1, LoadState.Failed);

        Assert.StartsWith("no memory: it takes about ", _peers.Reported("c", 1)!.Reason, StringComparison.Ordinal);
        Assert.Equal((1, 2), (await AskAsync("a"), await AskAsync("b")));

        _peers.Want(4, first, third);
        await ReportedAsync("c", 1, LoadState.Ready);
    }

    [Fact]
    public async Task A_graph_counts_with_the_versions_it_names()
    {
        var part = _peers.Store("part", 1, OnnxModels.AddConstant(1));
        _peers.Serves("whole", 1, """
            {"graph":{"steps":[
              {"name":"first","inputs":{"x":"x"},"outputs":{"y":"more"},"model":{"name":"part","version":1}},
              {"name":"second","inputs":{"x":"more"},"outputs":{"y":"y"}}],
            "outputs":["y"]}}
            """);
        var whole = _peers.Store("whole", 1, OnnxModels.AddConstant(2));
        _peers.Want(2, part, whole);
        await ReportedAsync("part", 1, LoadState.Ready);
        await ReportedAsync("whole", 1, LoadState.Failed);

        Assert.StartsWith("no memory: it takes about ", _peers.Reported("whole", 1)!.Reason, StringComparison.Ordinal);

        _peers.Want(3, whole);
        await ReportedAsync("whole", 1, LoadState.Ready);
        Assert.Equal(3, await AskAsync("whole"));
    }

    private Task ReportedAsync(string model, long version, LoadState state) =>
        Poll.UntilAsync($"{model}/{version} is {state}", () => _peers.Reported(model, version)?.State == state);

    private async Task<float> AskAsync(string model) => Requests.FloatsOf(await _app.InferAsync(Requests.Of(model, Requests.Floats("x", [1, 1], 0))), 0)[0];
}

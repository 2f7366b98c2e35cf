using ModelOps.Contracts.Gateway.V1;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.DesiredState;

public sealed class DesiredStateTests : IAsyncLifetime
{
    private Peers _peers = null!;
    private InferenceApp _app = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        _app = await InferenceApp.StartAsync(_peers, ("Inference:Heartbeat", "00:00:00.200"));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _peers.DisposeAsync();
    }

    [Fact]
    public async Task A_replica_says_who_it_is_and_how_far_its_versions_are()
    {
        _peers.Want(2, _peers.Store("m", 1, OnnxModels.AddConstant(1)));

        await ReportedAsync("m", 1, LoadState.Ready);

        var report = _peers.Reports.Last();
        Assert.Equal(_app.Http.BaseAddress, new Uri(report.HttpAddress));
        Assert.StartsWith("http://127.0.0.1:", report.GrpcAddress, StringComparison.Ordinal);
        Assert.NotEqual(report.HttpAddress, report.GrpcAddress);
        Assert.True(Guid.TryParse(report.InstanceId, out _));
        Assert.Single(_peers.Reports.Select(one => one.InstanceId).Distinct());
        Assert.Empty(_peers.Reports.First().Versions);
    }

    [Fact]
    public async Task A_silent_replica_still_gives_signs_of_life()
    {
        await Poll.UntilAsync("three heartbeats", () => _peers.Reports.Count >= 3);
    }

    [Fact]
    public async Task A_swap_under_load_fails_no_request()
    {
        _peers.Want(2, _peers.Store("m", 1, OnnxModels.AddConstant(1)));
        await _app.ReadyAsync("m", 1);
        using var stop = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 8).Select(_ => Task.Run(() => AskUntilAsync(stop.Token))).ToList();

        for (var version = 2; version <= 12; version++)
        {
            _peers.Want(version + 1, _peers.Store("m", version, OnnxModels.AddConstant(version)));
            await ReportedAsync("m", version, LoadState.Ready);
            await GoneAsync("m", version - 1);
        }
        await stop.CancelAsync();
        var seen = (await Task.WhenAll(callers)).SelectMany(answers => answers).ToList();

        Assert.All(seen, answer => Assert.Equal(answer.Version, answer.Value.ToString()));
        Assert.Equal(12, (await AskAsync()).Value);
        Assert.True(seen.Select(answer => answer.Version).Distinct().Count() > 3, "the callers saw the versions change");
    }

    [Fact]
    public async Task A_version_that_fails_to_load_takes_the_old_one_not_down()
    {
        _peers.Want(2, _peers.Store("m", 1, OnnxModels.AddConstant(1)));
        await ReportedAsync("m", 1, LoadState.Ready);

        _peers.Want(3, _peers.Store("m", 2, "this is no model"u8.ToArray()));
        await ReportedAsync("m", 2, LoadState.Failed);

        Assert.StartsWith("the file is refused: ", _peers.Reported("m", 2)!.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', _peers.Reported("m", 2)!.Reason);
        Assert.Equal(1, (await AskAsync()).Value);
        Assert.Equal(LoadState.Ready, _peers.Reported("m", 1)!.State);
    }

    [Fact]
    public async Task An_artifact_with_another_digest_is_never_loaded()
    {
        var wanted = _peers.Store("m", 1, OnnxModels.AddConstant(1));
        wanted.Sha256 = new string('0', 64);

        _peers.Want(2, wanted);
        await ReportedAsync("m", 1, LoadState.Failed);

        Assert.Contains($"the deployment asks for {wanted.Sha256}", _peers.Reported("m", 1)!.Reason, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_app.CacheDirectory, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_download_that_ends_early_leaves_nothing_behind()
    {
        _peers.Tamper = bytes => bytes[..^1];

        _peers.Want(2, _peers.Store("m", 1, OnnxModels.AddConstant(1)));
        await ReportedAsync("m", 1, LoadState.Failed);

        Assert.StartsWith("the download has ", _peers.Reported("m", 1)!.Reason, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_app.CacheDirectory, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_the_Registry_lacks_is_asked_for_again_until_it_is_there()
    {
        var wanted = _peers.Store("m", 1, OnnxModels.AddConstant(1));
        _peers.Withdraw("m", 1);
        _peers.Want(2, wanted);
        await ReportedAsync("m", 1, LoadState.Failed);

        _peers.Store("m", 1, OnnxModels.AddConstant(1));

        await ReportedAsync("m", 1, LoadState.Ready);
    }

    [Fact]
    public async Task Without_the_gateway_the_replica_serves_and_then_comes_back()
    {
        _peers.Want(5, _peers.Store("m", 1, OnnxModels.AddConstant(1)));
        await ReportedAsync("m", 1, LoadState.Ready);

        await _peers.StopAsync();
        Assert.Equal(1, (await AskAsync()).Value);
        _peers.Want(6, _peers.Store("m", 2, OnnxModels.AddConstant(2)));
        await _peers.ListenAsync();

        await ReportedAsync("m", 2, LoadState.Ready);
        Assert.Equal(2, (await AskAsync()).Value);
    }

    [Fact]
    public async Task A_state_older_than_the_one_it_has_is_ignored()
    {
        var first = _peers.Store("m", 1, OnnxModels.AddConstant(1));
        _peers.Want(5, first);
        await ReportedAsync("m", 1, LoadState.Ready);

        _peers.Want(4);
        _peers.Want(6, first, _peers.Store("other", 1, OnnxModels.AddConstant(3)));
        await ReportedAsync("other", 1, LoadState.Ready);

        Assert.All(_peers.Reports.SkipWhile(report => report.Versions.Count == 0), report => Assert.Contains(report.Versions, version => version.Model == "m"));
    }

    [Fact]
    public async Task A_model_that_is_no_longer_wanted_is_unknown()
    {
        _peers.Want(2, _peers.Store("m", 1, OnnxModels.AddConstant(1)));
        await ReportedAsync("m", 1, LoadState.Ready);

        _peers.Want(3);
        await GoneAsync("m", 1);

        Assert.Equal(Grpc.Core.StatusCode.NotFound, (await _app.RefusedAsync(Row())).StatusCode);
    }

    private static Contracts.OpenInference.ModelInferRequest Row() => Requests.Of("m", Requests.Floats("x", [1, 1], 0));

    private async Task<(string Version, float Value)> AskAsync()
    {
        var answer = await _app.InferAsync(Row());
        return (answer.ModelVersion, Requests.FloatsOf(answer, 0).Single());
    }

    private async Task<List<(string Version, float Value)>> AskUntilAsync(CancellationToken stop)
    {
        var answers = new List<(string, float)>();
        while (!stop.IsCancellationRequested)
        {
            answers.Add(await AskAsync());
        }
        return answers;
    }

    private Task ReportedAsync(string model, long version, LoadState state) =>
        Poll.UntilAsync($"{model} version {version} is reported {state}", () => _peers.Reported(model, version)?.State == state);

    private Task GoneAsync(string model, long version) =>
        Poll.UntilAsync($"{model} version {version} is gone", () => _peers.Reports.Last() is var last && !last.Versions.Any(one => one.Model == model && one.Version == version));
}

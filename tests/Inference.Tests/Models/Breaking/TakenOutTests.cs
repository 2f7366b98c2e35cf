using Grpc.Core;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.Models.Breaking;

public sealed class TakenOutTests : IAsyncLifetime
{
    private readonly string _log = Directory.CreateTempSubdirectory("modelops-log-").FullName;
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
            ("Inference:Heartbeat", "00:00:00.100"),
            ("Inference:MaxOutputBytes", "1048576"),
            ("Inference:PredictionLog:Path", _log),
            ("ConnectionStrings:bus", "amqp://127.0.0.1:1"));
        _peers.Want(2, _peers.Store("rounds", 1, OnnxModels.Rounds()), _peers.Store("m", 1, OnnxModels.AddConstant(1)), _peers.Store("inflate", 1, OnnxModels.Inflate()));
        await _app.ReadyAsync("rounds", 1);
        await _app.ReadyAsync("inflate", 1);
        await _app.ReadyAsync("m", 1);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _peers.DisposeAsync();
        Directory.Delete(_log, recursive: true);
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
        var statistics = await _app.Grpc.ModelStatisticsAsync(new() { Name = "rounds" }, InferenceApp.Headers);
        Assert.Equal(4UL, statistics.ModelStats.Single().InferenceStats.Fail.Count);
        Assert.Equal(3, LogFiles.Read(_log).Count); // what was turned away is no prediction of the version

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

    [Fact]
    public async Task An_output_too_large_to_answer_is_its_callers_choice_and_takes_nothing_out()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(StatusCode.ResourceExhausted, (await _app.RefusedAsync(Inflate(1 << 20))).StatusCode);
        }

        await _app.InferAsync(Inflate(1));
    }

    private static ModelInferRequest Inflate(long size) => Requests.Of("inflate", Requests.Tensor("size", "INT64", 1)).Raw(BitConverter.GetBytes(size));

    private static ModelInferRequest Rounds(long rounds) => Requests.Of("rounds", Requests.Tensor("rounds", "INT64", 1)).Raw(BitConverter.GetBytes(rounds));
}

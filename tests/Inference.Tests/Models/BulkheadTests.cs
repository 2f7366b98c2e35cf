using System.Diagnostics;
using Grpc.Core;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.Models;

/// <summary>A model that is taken for a fast one, whose runs hold every thread that the pool began with.</summary>
public sealed class BulkheadTests : IAsyncLifetime
{
    private readonly int _runs = 2 * Environment.ProcessorCount;
    private Peers _peers = null!;
    private InferenceApp _app = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        _peers.Serves("rounds", 1, $$$"""{"instances":{"count":{{{_runs}}}}}""");
        _app = await InferenceApp.StartAsync(_peers);
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
    public async Task Other_models_answer_while_runs_of_one_take_long()
    {
        using var callers = new CancellationTokenSource();
        await AskAsync();
        var running = Enumerable.Range(0, _runs).Select(_ => _app.InferAsync(Rounds(long.MaxValue), callers.Token)).ToList();

        var slowest = TimeSpan.Zero;
        for (var i = 0; i < 20; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await AskAsync();
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
        }

        // Left to itself the pool took seconds to grow, and the runs' deadlines needed a thread of it too.
        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await callers.CancelAsync();
        foreach (var run in running)
        {
            Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => run)).StatusCode);
        }
    }

    private async Task AskAsync()
    {
        var answer = await _app.InferAsync(Requests.Of("m", Requests.Floats("x", [1, 1], 2)));
        Assert.Equal([3], Requests.FloatsOf(answer, 0));
    }

    private static ModelInferRequest Rounds(long rounds) => Requests.Of("rounds", Requests.Tensor("rounds", "INT64", 1)).Raw(BitConverter.GetBytes(rounds));
}

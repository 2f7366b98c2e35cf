using System.Diagnostics;
using System.Net;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.Models;

/// <summary>
/// A model that is taken for a fast one, whose runs hold every thread that the pool began with: in a process of its own, as the test runner
/// keeps threads of its pool waiting.
/// </summary>
public sealed class BulkheadTests : IAsyncLifetime
{
    private readonly int _runs = 2 * Environment.ProcessorCount;
    private readonly string _cache = Directory.CreateTempSubdirectory("modelops-tests-").FullName;
    private Peers _peers = null!;
    private InferenceProcess _process = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        _peers.Serves("rounds", 1, $$$"""{"instances":{"count":{{{_runs}}}}}""");
        _peers.Want(2, _peers.Store("rounds", 1, OnnxModels.Rounds()), _peers.Store("m", 1, OnnxModels.AddConstant(1)));
        _process = await InferenceProcess.StartAsync(_peers, "rounds", 1, ("Inference:CacheDirectory", _cache));
        await Poll.UntilAsync("the other model is ready", () => _peers.Reported("m", 1)?.State == LoadState.Ready, TimeSpan.FromSeconds(60), CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _process.DisposeAsync();
        await _peers.DisposeAsync();
        Directory.Delete(_cache, recursive: true);
    }

    [Fact]
    public async Task Other_models_answer_while_runs_of_one_take_long()
    {
        using var callers = new CancellationTokenSource();
        await AskAsync();
        var running = Enumerable.Range(0, _runs).Select(_ => _process.Http.PostAsync("/v2/models/rounds/infer", Rounds(long.MaxValue), callers.Token)).ToList();

        var slowest = TimeSpan.Zero;
        for (var i = 0; i < 20; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await AskAsync();
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
        }

        // Left to itself the pool took seconds to grow, and the runs' deadlines needed a thread of it too.
        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.DoesNotContain(running, run => run.IsCompleted);
        await callers.CancelAsync();
        foreach (var run in running)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }
    }

    private async Task AskAsync()
    {
        using var answer = await _process.Http.PostAsync("/v2/models/m/infer", Requests.Json("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[2]}]}"""));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("[3]", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static StringContent Rounds(long rounds) => Requests.Json($$"""{"inputs":[{"name":"rounds","datatype":"INT64","shape":[1],"data":[{{rounds}}]}]}""");
}

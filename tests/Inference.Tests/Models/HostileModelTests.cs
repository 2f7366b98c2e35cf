using System.Diagnostics;
using System.Net;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Inference.Models.Breaking;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.Models;

/// <summary>Versions that harm whoever loads them: each ends in a clear reason, and the others go on answering.</summary>
[Collection(Probing.ModelProbeTests.Children)]
public sealed class HostileModelTests : IAsyncLifetime
{
    private Peers _peers = null!;
    private InferenceApp _app = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        _app = await InferenceApp.StartAsync(_peers, ("Inference:Probe:Enabled", "true"), ("Inference:MaxRunTime", "00:00:01"));
        _peers.Want(2, _peers.Store("m", 1, OnnxModels.AddConstant(1)), _peers.Store("other", 1, OnnxModels.AddConstant(5)));
        await _app.ReadyAsync("m", 1);
        await _app.ReadyAsync("other", 1);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _peers.DisposeAsync();
    }

    public static TheoryData<string, string> Reasons => new()
    {
        { nameof(OnnxModels.Endless), "the first run took longer than 1 s and was stopped" },
        { nameof(OnnxModels.GatherBeyond), "the first run failed: [ErrorCode:InvalidArgument] Non-zero status code returned while running Gather node" },
        { nameof(OnnxModels.ZipMap), "the file is refused: graph.output[0].type must be a tensor, it is a sequence of maps" },
    };

    [Theory, MemberData(nameof(Reasons))]
    public async Task A_version_that_harms_takes_nothing_down(string model, string reason)
    {
        var hostile = model switch
        {
            nameof(OnnxModels.Endless) => OnnxModels.Endless(),
            nameof(OnnxModels.GatherBeyond) => OnnxModels.GatherBeyond(),
            _ => OnnxModels.ZipMap(),
        };

        _peers.Want(3, _peers.Store("m", 2, hostile), _peers.Store("other", 1, OnnxModels.AddConstant(5)));
        await Poll.UntilAsync(
            "the version is refused",
            async _ =>
            {
                Assert.Equal(5, await AskAsync("other"));
                return _peers.Reported("m", 2)?.State == LoadState.Failed;
            },
            TimeSpan.FromSeconds(60),
            CancellationToken.None);

        Assert.StartsWith(reason, _peers.Reported("m", 2)!.Reason, StringComparison.Ordinal);
        Assert.Equal(1, await AskAsync("m"));
        Assert.Equal(LoadState.Ready, _peers.Reported("m", 1)!.State);
    }

    [Fact]
    public async Task An_allocation_that_a_caller_chose_fails_and_the_process_lives()
    {
        _peers.Want(3, _peers.Store("inflate", 1, OnnxModels.Inflate()));
        await using var process = await InferenceProcess.StartAsync(
            _peers, "inflate", 1, ("Inference:MaxProcessBytes", $"{1L << 30}"), ("Inference:CacheDirectory", Path.Combine(_app.CacheDirectory, "own")));

        using var refused = await process.Http.PostAsync("/v2/models/inflate/infer", Size(1L << 30));
        using var answered = await process.Http.PostAsync("/v2/models/inflate/infer", Size(2));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    /// <summary>A leak, as a model can have one: each run takes more than those before left behind, and what a run took its session keeps.</summary>
    [Fact]
    public async Task A_model_that_takes_more_and_more_memory_is_taken_out_and_the_others_answer()
    {
        _peers.Want(3, _peers.Store("swell", 1, OnnxModels.Swell()), _peers.Store("m", 1, OnnxModels.AddConstant(1)));
        await using var process = await InferenceProcess.StartAsync(
            _peers,
            "swell",
            1,
            ("Inference:MaxProcessBytes", $"{1L << 30}"),
            ("Inference:Breaker:Wait", "00:10:00"),
            ("Inference:CacheDirectory", Path.Combine(_app.CacheDirectory, "own")));
        var answers = new List<HttpStatusCode>();
        var slowest = TimeSpan.Zero;
        for (var i = 1; i <= 40; i++)
        {
            using var grown = await process.Http.PostAsync("/v2/models/swell/infer", Size(i * (8L << 20)));
            answers.Add(grown.StatusCode);
            var started = Stopwatch.GetTimestamp();
            using var other = await process.Http.PostAsync("/v2/models/m/infer", Requests.Json("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[2]}]}"""));
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable], answers.Distinct());
        Assert.Equal(new BreakerOptions().Failures, answers.Count(answer => answer == HttpStatusCode.TooManyRequests));
        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        using var ready = await process.Http.GetAsync(new Uri("/v2/models/swell/ready", UriKind.Relative));
        Assert.NotEqual(HttpStatusCode.OK, ready.StatusCode);
    }

    private static StringContent Size(long size) => Requests.Json($$"""{"inputs":[{"name":"size","datatype":"INT64","shape":[1],"data":[{{size}}]}]}""");

    private async Task<float> AskAsync(string model) => Requests.FloatsOf(await _app.InferAsync(Requests.Of(model, Requests.Floats("x", [1, 1], 0))), 0)[0];
}

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Inference.Models;
using ModelOps.Inference.Models.Caching;
using ModelOps.Inference.Tensors;
using ModelOps.Inference.Tests.Support;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Serving;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.Models;

/// <summary>Answers that are kept: whose they are, how many, and what becomes of requests that wait for one.</summary>
public sealed class ResponseCacheTests : IAsyncLifetime
{
    private const int MaxBytes = 1 << 20;
    private static readonly ServingConfiguration Cached = new() { ResponseCache = new() { Enabled = true } };
    private Peers _peers = null!;
    private InferenceApp _app = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        _app = await InferenceApp.StartAsync(_peers, ("Inference:ResponseCache:MaxBytes", $"{MaxBytes}"), ("Inference:MaxConcurrentRuns", "1"));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _peers.DisposeAsync();
    }

    [Fact]
    public async Task The_same_inputs_are_run_once_and_others_are_not_taken_for_them()
    {
        var model = await LoadAsync(OnnxModels.SumAndDifference());

        var first = await SumAsync(model, [1, 2], "sum");
        var again = await SumAsync(model, [1, 2], "sum");
        var other = await SumAsync(model, [2, 1], "sum");
        var otherOutput = await SumAsync(model, [1, 2], "difference");

        Assert.Equal<float[][]>([[2, 4], [2, 4], [4, 2], [0, 0]], [first, again, other, otherOutput]);
        Assert.Equal((1, 3, 3), Counts(model));
        model.Release();
    }

    [Fact]
    public async Task Texts_are_kept_as_they_are()
    {
        var model = await LoadAsync(OnnxModels.Identity(Onnx.Schema.TensorProto.Types.DataType.String));

        for (var i = 0; i < 2; i++)
        {
            using var inputs = Bind(model, ("x", "BYTES", [1, 3], Requests.Texts("a", "he\0llo", "")));
            using var result = (await model.RunAsync(inputs, model.AllOutputs, CancellationToken.None)).Value!;
            Assert.Equal(["a", "he\0llo", ""], Enumerable.Range(0, 3).Select(element => Encoding.UTF8.GetString(result.Outputs[0].Text(element))));
        }

        Assert.Equal((1, 1, 1), Counts(model));
        model.Release();
    }

    [Fact]
    public async Task Equal_requests_at_the_same_time_share_one_run()
    {
        var model = await LoadAsync(OnnxModels.Rounds());

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => RoundsAsync(model, 20_000, CancellationToken.None))));

        Assert.All(answers, answer => Assert.Null(answer));
        Assert.Equal((19, 1, 1), Counts(model));
        model.Release();
    }

    [Fact]
    public async Task A_leader_that_leaves_takes_nobody_along()
    {
        var model = await LoadAsync(OnnxModels.Rounds());
        using var left = new CancellationTokenSource();

        var leader = Task.Run(() => RoundsAsync(model, 600_000, left.Token));
        await Poll.UntilAsync("the leader is under way", () => leader.IsCompleted || _app.Services.GetRequiredService<ResponseCache>().UnderWay == 1, ct: CancellationToken.None);
        Assert.False(leader.IsCompleted, "the leader's run was over before anybody could follow it");
        var follower = Task.Run(() => RoundsAsync(model, 600_000, new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token));
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        Assert.Null(await follower);
        model.Release();
    }

    [Fact]
    public async Task A_follower_is_refused_when_its_time_in_the_queue_is_over_and_its_leader_goes_on()
    {
        var cache = _app.Services.GetRequiredService<ResponseCache>();
        var model = await LoadAsync(OnnxModels.Gather());
        using var inputs = Bind(model, ("index", "INT64", [1], BitConverter.GetBytes(1L)));
        var key = Lead(model, inputs);

        var refusal = (await model.RunAsync(inputs, model.AllOutputs, new RunPreferences(Priority: 0, TimeoutMicroseconds: 20_000), CancellationToken.None)).Refusal!;

        Assert.Equal((RefusalKind.Unavailable, "Request timeout expired"), (refusal.Kind, refusal.Detail));
        var rejected = model.Statistics.Snapshot().Failures[(int)FailureReason.Rejected];
        Assert.Equal(1, rejected.Count);
        Assert.InRange(rejected.Nanoseconds, 20_000_000, long.MaxValue);
        Assert.Equal((0, 1, 0), Counts(model));
        Assert.Equal(1, cache.UnderWay);
        cache.Land(key, default);
        model.Release();
    }

    [Fact]
    public async Task A_follower_waits_on_where_late_requests_run_when_nothing_else_does()
    {
        var model = await LoadAsync(OnnxModels.Gather(), Cached with { Batching = new() { QueueTimeoutMicroseconds = 1, TimeoutAction = QueueTimeoutAction.Delay } });
        using var inputs = Bind(model, ("index", "INT64", [1], BitConverter.GetBytes(1L)));
        var key = Lead(model, inputs);

        var follower = model.RunAsync(inputs, model.AllOutputs, CancellationToken.None).AsTask();
        Assert.False(follower.IsCompleted);
        _app.Services.GetRequiredService<ResponseCache>().Land(key, default);

        using var result = (await follower).Value!;
        Assert.Equal([20f], MemoryMarshal.Cast<byte, float>(result.Outputs[0].Numbers).ToArray());
        model.Release();
    }

    [Fact]
    public async Task A_follower_that_leaves_waits_no_longer()
    {
        var model = await LoadAsync(OnnxModels.Gather());
        using var inputs = Bind(model, ("index", "INT64", [1], BitConverter.GetBytes(1L)));
        var key = Lead(model, inputs);
        using var left = new CancellationTokenSource();

        var follower = model.RunAsync(inputs, model.AllOutputs, left.Token).AsTask();
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follower);
        _app.Services.GetRequiredService<ResponseCache>().Land(key, default);
        model.Release();
    }

    [Fact]
    public async Task What_fails_is_not_kept()
    {
        var model = await LoadAsync(OnnxModels.Gather());

        for (var i = 0; i < 2; i++)
        {
            using var inputs = Bind(model, ("index", "INT64", [1], BitConverter.GetBytes(7L)));
            Assert.Equal(RefusalKind.Invalid, (await model.RunAsync(inputs, model.AllOutputs, CancellationToken.None)).Refusal!.Kind);
        }

        Assert.Equal((0, 2), (model.Statistics.Snapshot().CacheHit.Count, model.Statistics.Snapshot().CacheMiss.Count));
        model.Release();
    }

    [Fact]
    public async Task Memory_is_bounded_the_least_used_go_first_and_all_go_with_their_version()
    {
        var cache = _app.Services.GetRequiredService<ResponseCache>();
        var model = await LoadAsync(OnnxModels.Inflate());
        const int Elements = 50_000; // 200 KB each, five of them fit

        for (var size = Elements; size < Elements + 20; size++)
        {
            await InflateAsync(model, size);
            await InflateAsync(model, Elements); // used all the time
            Assert.InRange(cache.Bytes, 1, MaxBytes);
        }
        Assert.Equal(20, model.Statistics.Snapshot().CacheMiss.Count); // the first was kept all along
        await InflateAsync(model, 2 * Elements); // more than a quarter of the bound: not kept
        var before = cache.Bytes;
        await InflateAsync(model, 2 * Elements);

        Assert.Equal((before, 22), (cache.Bytes, model.Statistics.Snapshot().CacheMiss.Count));
        model.Release();
        Assert.Equal(0, cache.Bytes);
    }

    private async Task<LoadedModel> LoadAsync(byte[] onnx, ServingConfiguration? serving = null)
    {
        var source = new ModelSource(new VersionKey("default", "cached", 1), onnx)
        {
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(onnx)),
            Folder = _app.CacheDirectory,
            Serving = serving ?? Cached,
        };
        return (await _app.Services.GetRequiredService<ModelLoader>().LoadAsync(source, CancellationToken.None)).Value!;
    }

    /// <summary>Stands in for a request that runs until its answer is landed.</summary>
    private CacheKey Lead(LoadedModel model, BoundInputs inputs)
    {
        var key = CacheKey.Of(model.Cache!, inputs, model.AllOutputs);
        Assert.True(_app.Services.GetRequiredService<ResponseCache>().Find(key).IsOwn);
        return key;
    }

    private static (long Hits, long Misses, long Runs) Counts(LoadedModel model)
    {
        var counts = model.Statistics.Snapshot();
        return (counts.CacheHit.Count, counts.CacheMiss.Count, counts.Executions);
    }

    private static async Task<float[]> SumAsync(LoadedModel model, float[] values, string output)
    {
        using var inputs = Bind(model, ("a", "FP32", [1, 2], Requests.Bytes(values)), ("b", "FP32", [1, 2], Requests.Bytes(values)));
        Assert.Null(OutputSelection.Find(model.Schema, [output], out var outputs));
        using var result = (await model.RunAsync(inputs, outputs!, CancellationToken.None)).Value!;
        return MemoryMarshal.Cast<byte, float>(result.Outputs[0].Numbers).ToArray();
    }

    private static async Task<Refusal?> RoundsAsync(LoadedModel model, long rounds, CancellationToken ct)
    {
        using var inputs = Bind(model, ("rounds", "INT64", [1], BitConverter.GetBytes(rounds)));
        var outcome = await model.RunAsync(inputs, model.AllOutputs, ct);
        outcome.Value?.Dispose();
        return outcome.Refusal;
    }

    private static async Task InflateAsync(LoadedModel model, long size)
    {
        using var inputs = Bind(model, ("size", "INT64", [1], BitConverter.GetBytes(size)));
        using var result = (await model.RunAsync(inputs, model.AllOutputs, CancellationToken.None)).Value!;
        Assert.Equal(size, result.Outputs[0].Elements);
    }

    private static BoundInputs Bind(LoadedModel model, params (string Name, string Datatype, long[] Shape, byte[] Raw)[] tensors)
    {
        var inputs = new BoundInputs(model.Schema);
        foreach (var (name, datatype, shape, raw) in tensors)
        {
            Assert.Null(inputs.Declare(name, datatype, shape, out var ordinal) ?? inputs.Fill(ordinal, raw));
        }
        Assert.Null(inputs.Complete());
        return inputs;
    }
}

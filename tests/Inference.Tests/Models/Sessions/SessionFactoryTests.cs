using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Models;
using ModelOps.Inference.Models.Sessions;
using ModelOps.Inference.Tests.Support;
using ModelOps.ServiceDefaults.Security;
using ModelOps.Serving;

namespace ModelOps.Inference.Tests.Models.Sessions;

public sealed class SessionFactoryTests : IDisposable
{
    private static readonly ServingConfiguration Cached = new() { Execution = new() { Providers = ["cpu"], CacheOptimizedModel = true } };
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-sessions-").FullName;
    private readonly LogLines<SessionFactory> _log = new();
    private readonly LogLines<OptimizedModels> _cacheLog = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_wish_that_cannot_be_met_is_passed_over_and_one_line_says_why()
    {
        var execution = new ExecutionConfiguration { Providers = ["tensorrt", "cuda", "cpu"] };

        using var sessions = Open(new() { Execution = execution }).Value!;

        Assert.Equal("cpu", sessions.ProviderInUse);
        Assert.StartsWith("default/m/1 runs on cpu; tensorrt: ", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_for_a_device_that_is_not_there_does_not_load()
    {
        var refused = Open(new() { Execution = new() { Providers = ["cuda"] } });

        Assert.Contains("CUDA", refused.Refusal!.Detail.Replace("cuda", "CUDA", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_session_of_a_version_gives_the_same_answers()
    {
        var execution = new ExecutionConfiguration { Providers = ["cpu"], InterOpThreads = 2, IntraOpThreads = 2, ShrinkArena = true };
        using var sessions = Open(new() { Execution = execution }).Value!;

        using var first = sessions.Create(default);
        using var second = sessions.Create(default);

        Assert.NotSame(first, second);
        Assert.Equal([3.5f], Run(sessions, first, 1));
        Assert.Equal([3.5f], Run(sessions, second, 1));
    }

    [Fact]
    public void Without_an_arena_nothing_is_shrunk()
    {
        using var sessions = Open(new() { Execution = new() { Providers = ["cpu"], MemoryArena = false, ShrinkArena = true } }).Value!;

        using var session = sessions.Create(default);

        Assert.Equal([3.5f], Run(sessions, session, 1));
    }

    [Fact]
    public void Graphs_are_replayed_only_where_addresses_stay()
    {
        using var sessions = Open(new() { Execution = new() { Providers = ["cpu"], CudaGraphs = true } }).Value!;

        Assert.False(sessions.ReplaysGraphs);
        Assert.Equal("default/m/1 runs on cpu; cuda_graphs: runs are not bound to addresses that stay", Assert.Single(_log.Lines));
    }

    [Fact]
    public void An_optimized_model_is_kept_and_used_again()
    {
        using (Open(Cached).Value!)
        {
            Assert.Single(Directory.EnumerateFiles(_folder));
        }
        var written = File.GetLastWriteTimeUtc(Kept());

        using var sessions = Open(Cached).Value!;
        using var session = sessions.Create(default);
        using var another = sessions.Create(default);

        Assert.Equal([3.5f], Run(sessions, session, 1));
        Assert.Equal([3.5f], Run(sessions, another, 1));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Kept()));
    }

    public static TheoryData<Action<string>> Damages => new()
    {
        file => File.WriteAllBytes(file, []),
        file => File.WriteAllBytes(file, [.. File.ReadAllBytes(file).SkipLast(1)]),
        file => Change(file, bytes => bytes[0] ^= 1),
        file => Change(file, bytes => bytes[^1] ^= 1),
        file => File.WriteAllBytes(file, [.. SHA256.HashData(OnnxModels.AddConstant(-1)), .. OnnxModels.AddConstant(-1)]),
        file => File.WriteAllBytes(file, new byte[64 << 20]),
    };

    [Theory, MemberData(nameof(Damages))]
    public void A_kept_model_that_was_changed_is_made_again(Action<string> damage)
    {
        Open(Cached).Value!.Dispose();
        var good = File.ReadAllBytes(Kept());
        damage(Kept());

        using var sessions = Open(Cached).Value!;
        using var session = sessions.Create(default);

        Assert.Equal([3.5f], Run(sessions, session, 1));
        Assert.Single(_cacheLog.Lines);
        Assert.Equal(good, File.ReadAllBytes(Kept()));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_the_kept_model_not_the_version()
    {
        using var sessions = Open(Cached, folder: Path.Combine(_folder, "gone")).Value!;
        using var session = sessions.Create(default);

        Assert.Equal([3.5f], Run(sessions, session, 1));
        Assert.Contains("; cache_optimized_model: ", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_model_is_refused_in_one_line()
    {
        var refused = Open(Cached, onnx: "no model"u8.ToArray());

        Assert.StartsWith("ONNX Runtime does not load the file: ", refused.Refusal!.Detail, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    private string Kept() => Directory.EnumerateFiles(_folder).Single();

    private static void Change(string file, Action<byte[]> change)
    {
        var bytes = File.ReadAllBytes(file);
        change(bytes);
        File.WriteAllBytes(file, bytes);
    }

    private ServiceDefaults.Errors.Outcome<VersionSessions> Open(ServingConfiguration serving, byte[]? onnx = null, string? folder = null)
    {
        onnx ??= OnnxModels.AddConstant(2.5f);
        var optimized = new OptimizedModels(new KeyedDigest(Options.Create(new ServiceCredentialOptions { Key = InferenceApp.Key })), TimeProvider.System, _cacheLog);
        var source = new ModelSource(new("default", "m", 1), onnx)
        {
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(onnx)),
            Folder = folder ?? _folder,
            Serving = serving,
        };
        return new SessionFactory(Options.Create(new ModelOptions()), optimized, _log).Open(source, bindsAddresses: false, CancellationToken.None);
    }

    private static float[] Run(VersionSessions sessions, InferenceSession session, float x)
    {
        using var options = sessions.CreateRunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory([x], [1, 1]);
        using var outputs = session.Run(options, ["x"], [input], ["y"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}

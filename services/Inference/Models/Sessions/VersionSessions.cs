using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOps.Inference.Models.Sessions;

/// <summary>
/// Makes the sessions of one version, all alike. The first one is there already: it was the proof that the version loads.
/// Whoever takes a session disposes of it; sessions outlive this object.
/// </summary>
internal sealed class VersionSessions(SessionSettings settings, IReadOnlyList<string> providers, SessionModel model, InferenceSession first, TimeSpan limit) : IDisposable
{
    private InferenceSession? _first = first;

    /// <summary>The most wanted provider that the sessions have: tensorrt, cuda or cpu.</summary>
    public string ProviderInUse { get; } = providers[0];

    /// <summary>What was wished for and is not met, with why; empty: every wish is met.</summary>
    public required string UnmetWishes { get; init; }

    /// <summary>True when runs of one shape are replayed: inputs and outputs must then be bound, at addresses that stay.</summary>
    public bool ReplaysGraphs { get; } = settings.CudaGraphs && providers[0] == ExecutionProviders.Cuda;

    /// <summary>Takes a session.</summary>
    /// <exception cref="OnnxRuntimeException">There is no memory for another one, or it took too long.</exception>
    public InferenceSession Create(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _first, null) is { } session)
        {
            return session;
        }
        using var options = SessionOptionsFactory.Create(settings, providers);
        return Open(model, options, limit, ct);
    }

    /// <summary>What every run on these sessions is told.</summary>
    public RunOptions CreateRunOptions()
    {
        var options = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        if (settings is { ShrinkArena: true, MemoryArena: true })
        {
            var device = ProviderInUse == ExecutionProviders.Cuda ? $";gpu:{settings.Device}" : "";
            options.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", $"cpu:0{device}");
        }
        return options;
    }

    public void Dispose() => Interlocked.Exchange(ref _first, null)?.Dispose();

    /// <summary>Creates a session, within a time.</summary>
    public static InferenceSession Open(SessionModel model, SessionOptions options, TimeSpan limit, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        end.CancelAfter(limit);
        using var cancel = end.Token.UnsafeRegister(static state => ((SessionOptions)state!).SetLoadCancellationFlag(true), options);
        if (model.IsOptimized)
        {
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        }
        return new InferenceSession(model.Onnx, options);
    }
}

/// <summary>The bytes that sessions are made of.</summary>
/// <param name="Onnx">The model.</param>
/// <param name="IsOptimized">True when ONNX Runtime wrote them after its optimizations.</param>
internal sealed record SessionModel(byte[] Onnx, bool IsOptimized);

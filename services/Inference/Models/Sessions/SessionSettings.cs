using ModelOps.Serving;

namespace ModelOps.Inference.Models.Sessions;

/// <summary>How the sessions of one version are made: what the version says, over what the replica says.</summary>
internal sealed record SessionSettings
{
    /// <summary>Providers, most wanted first.</summary>
    public required IReadOnlyList<string> Providers { get; init; }

    /// <summary>Threads inside one operator.</summary>
    public required int IntraOpThreads { get; init; }

    /// <summary>Operators at the same time; above 1 the graph is executed in parallel.</summary>
    public required int InterOpThreads { get; init; }

    /// <summary>Whether memory is kept for the next run.</summary>
    public required bool MemoryArena { get; init; }

    /// <summary>Whether memory that a run did not need is given back after it.</summary>
    public required bool ShrinkArena { get; init; }

    /// <summary>Number of the device that GPU providers use.</summary>
    public required int Device { get; init; }

    /// <summary>Most bytes of device memory for one session; null: no limit of ours.</summary>
    public required long? DeviceMemoryBytes { get; init; }

    /// <summary>Whether runs of one shape are replayed as a CUDA graph.</summary>
    public required bool CudaGraphs { get; init; }

    /// <summary>Whether TensorRT may compute in FP16.</summary>
    public required bool Fp16 { get; init; }

    /// <summary>Whether the optimized graph is kept on disk.</summary>
    public required bool CacheOptimizedModel { get; init; }

    public static SessionSettings Of(ExecutionConfiguration version, ModelOptions replica) => new()
    {
        Providers = version.Providers ?? (replica.ExecutionProviders.Length > 0 ? replica.ExecutionProviders : ExecutionProviders.Default),
        IntraOpThreads = version.IntraOpThreads ?? replica.IntraOpThreads,
        InterOpThreads = version.InterOpThreads,
        MemoryArena = version.MemoryArena,
        ShrinkArena = version.ShrinkArena,
        Device = replica.Device,
        DeviceMemoryBytes = version.DeviceMemoryBytes ?? replica.DeviceMemoryBytes,
        CudaGraphs = version.CudaGraphs,
        Fp16 = version.Fp16,
        CacheOptimizedModel = version.CacheOptimizedModel,
    };

    /// <summary>What changes the optimized graph, so that a kept one is used only where it fits.</summary>
    public string GraphKey(string provider) => $"{provider};inter={InterOpThreads};fp16={Fp16}";
}

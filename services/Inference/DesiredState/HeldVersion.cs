using ModelOps.Inference.Models;

namespace ModelOps.Inference.DesiredState;

/// <summary>A version that the replica holds, loads or failed to load.</summary>
internal sealed class HeldVersion(WantedVersion wanted) : IDisposable
{
    private readonly CancellationTokenSource _dropped = new();

    public WantedVersion Wanted => wanted;

    public VersionStatus Status { get; set; } = VersionStatus.Loading;

    /// <summary>What it takes in memory, from the moment its file is known; 0 before that and when it was evicted.</summary>
    public long Bytes { get; set; }

    /// <summary>When it became ready.</summary>
    public DateTimeOffset ReadyAt { get; set; }

    /// <summary>True when it was unloaded to make room. It is loaded again when the desired state changes and there is room, or when it becomes primary.</summary>
    public bool IsEvicted { get; set; }

    /// <summary>What it took before it was evicted.</summary>
    public long EvictedBytes { get; set; }

    /// <summary>When it answered a request for the last time, or became ready.</summary>
    public DateTimeOffset LastUsed =>
        Status.Loaded is { } loaded && DateTimeOffset.FromUnixTimeMilliseconds(loaded.Statistics.LastInference) is var used && used > ReadyAt ? used : ReadyAt;

    /// <summary>Cancelled when the version is no longer wanted.</summary>
    public CancellationToken Dropped => _dropped.Token;

    /// <summary>Ends a load under way; a loaded model goes when its last request is answered.</summary>
    public void Dispose()
    {
        _dropped.Cancel();
        _dropped.Dispose();
        Status.Loaded?.Release();
    }
}

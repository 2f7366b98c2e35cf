using ModelOps.Inference.Models;

namespace ModelOps.Inference.DesiredState;

/// <summary>A version that the replica holds, loads or failed to load.</summary>
internal sealed class HeldVersion(WantedVersion wanted) : IDisposable
{
    private readonly CancellationTokenSource _dropped = new();

    public WantedVersion Wanted => wanted;

    public VersionStatus Status { get; set; } = VersionStatus.Loading;

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

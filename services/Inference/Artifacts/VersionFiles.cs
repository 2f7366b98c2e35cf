using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Artifacts;

/// <summary>What a replica needs of a version to serve it.</summary>
/// <param name="Onnx">The model.</param>
/// <param name="FeatureService">The feature service it reads; null: none.</param>
internal sealed record VersionFile(byte[] Onnx, FeatureServiceReference? FeatureService);

/// <summary>Gets versions from the cache, or from the Registry into the cache.</summary>
internal sealed class VersionFiles(ArtifactCache artifacts, LineageCache lineages)
{
    public async Task<Outcome<VersionFile>> ReadAsync(VersionKey key, string sha256, CancellationToken ct)
    {
        var bytes = await artifacts.ReadAsync(key, sha256, ct);
        return bytes.Value is { } onnx
            ? new VersionFile(onnx, await lineages.ReadAsync(key, artifacts.FolderOf(sha256), ct))
            : bytes.Refusal!;
    }
}

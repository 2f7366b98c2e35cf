using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Artifacts;

/// <summary>What a replica needs of a version to serve it.</summary>
/// <param name="Onnx">The model.</param>
/// <param name="Folder">Folder of the artifact, for what is kept beside it.</param>
/// <param name="Details">What was registered with it.</param>
internal sealed record VersionFile(byte[] Onnx, string Folder, VersionDetails Details);

/// <summary>Gets versions from the cache, or from the Registry into the cache.</summary>
internal sealed class VersionFiles(ArtifactCache artifacts, VersionDetailsCache details)
{
    public async Task<Outcome<VersionFile>> ReadAsync(VersionKey key, string sha256, CancellationToken ct)
    {
        var bytes = await artifacts.ReadAsync(key, sha256, ct);
        if (bytes.Value is not { } onnx)
        {
            return bytes.Refusal!;
        }
        var folder = artifacts.FolderOf(sha256);
        var read = await details.ReadAsync(key, folder, ct);
        return read.Then<VersionFile>(known => new VersionFile(onnx, folder, known));
    }
}

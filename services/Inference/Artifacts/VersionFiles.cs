using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Serving;

namespace ModelOps.Inference.Artifacts;

/// <summary>What a replica needs of a version to serve it.</summary>
/// <param name="Onnx">The model.</param>
/// <param name="Folder">Folder of the artifact, for what is kept beside it.</param>
/// <param name="Details">What was registered with it.</param>
/// <param name="Members">The other versions that its graph names.</param>
internal sealed record VersionFile(byte[] Onnx, string Folder, VersionDetails Details, IReadOnlyDictionary<ModelStep, ModelSource> Members);

/// <summary>Gets versions from the cache, or from the Registry into the cache.</summary>
internal sealed class VersionFiles(ArtifactCache artifacts, VersionDetailsCache details, GraphMembers members)
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
        if (read.Value is not { } known)
        {
            return read.Refusal!;
        }
        var named = await members.ReadAsync(key, folder, known.Serving.Graph, ct);
        return named.Then<VersionFile>(found => new VersionFile(onnx, folder, known, found));
    }
}

using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Serving;

namespace ModelOps.Inference.Artifacts;

/// <summary>
/// The artifacts of the other versions that a graph names. Their digests are asked of the Registry once and kept beside the artifact of
/// the version that names them, their files are cached like any other: a replica that restarts needs no Registry.
/// </summary>
internal sealed class GraphMembers(ArtifactCache artifacts, ModelRegistry.ModelRegistryClient registry)
{
    /// <summary>Reads the members of a graph.</summary>
    /// <param name="key">The version that has the graph.</param>
    /// <param name="folder">Folder of its artifact.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="RpcException">Something is not kept, and the Registry could not be asked.</exception>
    public async Task<Outcome<IReadOnlyDictionary<ModelStep, ModelSource>>> ReadAsync(VersionKey key, string folder, GraphConfiguration graph, CancellationToken ct)
    {
        var members = new Dictionary<ModelStep, ModelSource>();
        for (var i = 0; i < graph.Steps.Count; i++)
        {
            if (graph.Steps[i].Model is not { } step || members.ContainsKey(step))
            {
                continue;
            }
            var member = new VersionKey(key.Workspace, step.Name, step.Version);
            var field = $"serving.graph.steps[{i}].model";
            if (await DigestAsync(member, folder, ct) is not { } sha256)
            {
                return Refusal.Invalid(field, $"'{step.Name}' version {step.Version} is not registered");
            }
            var read = await artifacts.ReadAsync(member, sha256, ct);
            if (read.Value is not { } onnx)
            {
                return Refusal.Invalid(field, $"'{step.Name}' version {step.Version} cannot be had: {read.Refusal!.Detail}");
            }
            members[step] = new ModelSource(member, onnx) { Sha256 = sha256, Folder = artifacts.FolderOf(sha256) };
        }
        return members;
    }

    /// <returns>Null when there is no such version.</returns>
    private async Task<string?> DigestAsync(VersionKey member, string folder, CancellationToken ct)
    {
        var file = Path.Combine(folder, $"member-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(member.ToString())).AsSpan(0, 8))}.txt");
        if (File.Exists(file) && await File.ReadAllTextAsync(file, ct) is { Length: 64 } kept)
        {
            return kept;
        }
        try
        {
            var request = new GetModelVersionRequest { Workspace = member.Workspace, Model = member.Model, Version = member.Version };
            var sha256 = (await registry.GetModelVersionAsync(request, cancellationToken: ct)).Sha256;
            var incoming = $"{file}.{Guid.NewGuid():N}";
            await File.WriteAllTextAsync(incoming, sha256, ct);
            File.Move(incoming, file, overwrite: true);
            return sha256;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }
}

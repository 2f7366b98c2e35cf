using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.Artifacts;

/// <summary>Which feature service a version reads: asked of the Registry once and kept beside the artifact, since a version never changes.</summary>
internal sealed class LineageCache(ModelRegistry.ModelRegistryClient registry)
{
    /// <summary>The feature service of a version; null: it reads none.</summary>
    /// <param name="key">The version.</param>
    /// <param name="folder">Folder of its artifact.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="RpcException">It is not kept, and the Registry could not be asked.</exception>
    public async Task<FeatureServiceReference?> ReadAsync(VersionKey key, string folder, CancellationToken ct)
    {
        var file = Path.Combine(folder, FileName(key));
        var kept = await ReadKeptAsync(file, ct) ?? await FetchAsync(key, file, ct);
        return kept.FeatureService.Length > 0 ? new(kept.FeatureService, kept.FeatureServiceVersion) : null;
    }

    /// <summary>Versions of one content share a folder.</summary>
    private static string FileName(VersionKey key) => $"lineage-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())).AsSpan(0, 8))}.json";

    private static async Task<KeptLineage?> ReadKeptAsync(string file, CancellationToken ct)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, ct), LineageJson.Default.KeptLineage) : null;
        }
        catch (JsonException)
        {
            return null; // damaged: asked for again and written anew
        }
    }

    private async Task<KeptLineage> FetchAsync(VersionKey key, string file, CancellationToken ct)
    {
        var request = new GetModelVersionRequest { Workspace = key.Workspace, Model = key.Model, Version = key.Version };
        var lineage = (await registry.GetModelVersionAsync(request, cancellationToken: ct)).Lineage ?? new Lineage();
        var kept = new KeptLineage(lineage.FeatureService, lineage.FeatureServiceVersion);
        var incoming = $"{file}.{Guid.NewGuid():N}";
        await File.WriteAllBytesAsync(incoming, JsonSerializer.SerializeToUtf8Bytes(kept, LineageJson.Default.KeptLineage), ct);
        File.Move(incoming, file, overwrite: true);
        return kept;
    }
}

internal sealed record KeptLineage(string FeatureService, long FeatureServiceVersion);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(KeptLineage))]
internal sealed partial class LineageJson : JsonSerializerContext;

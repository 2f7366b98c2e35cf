using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Serving;

namespace ModelOps.Inference.Artifacts;

/// <summary>
/// What a replica needs to know of a version beside its artifact: asked of the Registry once and kept beside the artifact, since a
/// version never changes, so that a replica that restarts needs no Registry.
/// </summary>
internal sealed class VersionDetailsCache(ModelRegistry.ModelRegistryClient registry)
{
    /// <summary>The details of a version.</summary>
    /// <param name="key">The version.</param>
    /// <param name="folder">Folder of its artifact.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The details, or which rule the serving configuration breaks.</returns>
    /// <exception cref="RpcException">They are not kept, and the Registry could not be asked.</exception>
    public async Task<Outcome<VersionDetails>> ReadAsync(VersionKey key, string folder, CancellationToken ct)
    {
        var file = Path.Combine(folder, FileName(key));
        var kept = await ReadKeptAsync(file, ct) ?? await FetchAsync(key, file, ct);
        if (ServingConfigurationReader.Read(Encoding.UTF8.GetBytes(kept.Serving), out var serving) is { } problem)
        {
            // Registered by a newer Registry than this replica, as a rule: a newer replica reads what is kept.
            return Refusal.Invalid(problem.Field.Length == 0 ? "serving" : $"serving.{problem.Field}", problem.Rule);
        }
        return new VersionDetails(kept.FeatureService.Length > 0 ? new(kept.FeatureService, kept.FeatureServiceVersion) : null, serving);
    }

    /// <summary>Versions of one content share a folder.</summary>
    private static string FileName(VersionKey key) => $"version-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())).AsSpan(0, 8))}.json";

    private static async Task<KeptDetails?> ReadKeptAsync(string file, CancellationToken ct)
    {
        try
        {
            var kept = File.Exists(file) ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, ct), DetailsJson.Default.KeptDetails) : null;
            return kept is { FeatureService: not null, Serving: not null } ? kept : null;
        }
        catch (JsonException)
        {
            return null; // damaged: asked for again and written anew
        }
    }

    private async Task<KeptDetails> FetchAsync(VersionKey key, string file, CancellationToken ct)
    {
        var request = new GetModelVersionRequest { Workspace = key.Workspace, Model = key.Model, Version = key.Version };
        var version = await registry.GetModelVersionAsync(request, cancellationToken: ct);
        var lineage = version.Lineage ?? new Lineage();
        var kept = new KeptDetails(lineage.FeatureService, lineage.FeatureServiceVersion, version.Serving);
        var incoming = $"{file}.{Guid.NewGuid():N}";
        await File.WriteAllBytesAsync(incoming, JsonSerializer.SerializeToUtf8Bytes(kept, DetailsJson.Default.KeptDetails), ct);
        File.Move(incoming, file, overwrite: true);
        return kept;
    }
}

/// <summary>The details as they lie on disk: the serving configuration as the Registry gave it.</summary>
internal sealed record KeptDetails(string FeatureService, long FeatureServiceVersion, string Serving);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(KeptDetails))]
internal sealed partial class DetailsJson : JsonSerializerContext;

using System.Security.Cryptography;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Retrainer.Pipelines;

namespace ModelOps.Retrainer.Evaluation;

/// <summary>The version that is in production.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Model">The ONNX file.</param>
internal sealed record Champion(long Version, byte[] Model);

/// <summary>Gets the champion from the Registry.</summary>
internal sealed class ChampionSource(ModelRegistry.ModelRegistryClient registry)
{
    private const int MaxBytes = 512 << 20;

    /// <summary>The version of a model that is in production; null: there is none.</summary>
    public async Task<Champion?> FindAsync(ModelKey model, CancellationToken ct) =>
        await SearchAsync(model, ct) is { } champion ? new(champion.Version, await DownloadAsync(champion, ct)) : null;

    private async Task<ModelVersion?> SearchAsync(ModelKey model, CancellationToken ct)
    {
        var request = new ListModelVersionsRequest { Workspace = model.Workspace, Model = model.Name };
        try
        {
            do
            {
                var page = await registry.ListModelVersionsAsync(request, cancellationToken: ct);
                if (page.Versions.FirstOrDefault(version => version.Stage == Contracts.Registry.V1.Stage.Production) is { } champion)
                {
                    return champion;
                }
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound && request.PageToken.Length == 0)
        {
            return null; // the first version of a model makes it
        }
        return null;
    }

    private async Task<byte[]> DownloadAsync(ModelVersion version, CancellationToken ct)
    {
        using var call = registry.DownloadArtifact(
            new() { Workspace = version.Workspace, Model = version.Model, Version = version.Version }, cancellationToken: ct);
        using var bytes = new MemoryStream();
        await foreach (var message in call.ResponseStream.ReadAllAsync(ct))
        {
            if (message.Chunk is { } chunk)
            {
                bytes.Write(chunk.Span);
            }
            if (bytes.Length > MaxBytes)
            {
                throw new InvalidDataException($"the artifact of version {version.Version} has more than {MaxBytes} bytes");
            }
        }
        var model = bytes.ToArray();
        return Convert.ToHexStringLower(SHA256.HashData(model)) == version.Sha256
            ? model
            : throw new InvalidDataException($"the artifact of version {version.Version} came without the digest {version.Sha256}");
    }
}

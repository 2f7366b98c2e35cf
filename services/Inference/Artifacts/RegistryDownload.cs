using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Artifacts;

/// <summary>Downloads artifacts from the Registry and trusts none of what it is told about them.</summary>
internal sealed class RegistryDownload(ModelRegistry.ModelRegistryClient registry, IOptions<ArtifactOptions> options, TimeProvider clock)
{
    /// <summary>Writes a version's artifact and verifies its digest on the way.</summary>
    /// <param name="key">The version.</param>
    /// <param name="sha256">Digest it must have.</param>
    /// <param name="destination">Where the bytes go; worthless when refused.</param>
    /// <param name="ct">Ends the download.</param>
    /// <exception cref="RpcException">The Registry could not be asked.</exception>
    public async Task<Refusal?> CopyAsync(VersionKey key, string sha256, Stream destination, CancellationToken ct)
    {
        var request = new DownloadArtifactRequest { Workspace = key.Workspace, Model = key.Model, Version = key.Version };
        var deadline = clock.GetUtcNow().UtcDateTime + options.Value.DownloadTimeout;
        using var call = registry.DownloadArtifact(request, deadline: deadline, cancellationToken: ct);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        if (!await call.ResponseStream.MoveNext(ct) || call.ResponseStream.Current.Info is not { } info)
        {
            return Corrupt("the download does not start with the artifact's size and digest");
        }
        if (info.SizeBytes is < 0 || info.SizeBytes > options.Value.MaxArtifactBytes)
        {
            return new Refusal(RefusalKind.TooLarge, $"the artifact has {info.SizeBytes} bytes, at most {options.Value.MaxArtifactBytes} are loaded");
        }
        long received = 0;
        while (await call.ResponseStream.MoveNext(ct))
        {
            var chunk = call.ResponseStream.Current.Chunk ?? ByteString.Empty;
            received += chunk.Length;
            if (received > info.SizeBytes)
            {
                break;
            }
            hash.AppendData(chunk.Span);
            await destination.WriteAsync(chunk.Memory, ct);
        }
        if (received != info.SizeBytes)
        {
            return Corrupt($"the download has {(received > info.SizeBytes ? "more than" : $"{received} of")} the {info.SizeBytes} bytes announced");
        }
        var actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        return actual == sha256 ? null : Corrupt($"the artifact has SHA-256 {actual}, the deployment asks for {sha256}");
    }

    private static Refusal Corrupt(string reason) => new(RefusalKind.DataLoss, reason);
}

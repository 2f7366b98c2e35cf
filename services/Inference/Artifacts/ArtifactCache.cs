using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Artifacts;

/// <summary>
/// Model files by SHA-256, each in a folder of its own so that none can read another's. A file appears whole or not at
/// all, and its digest is verified again each time it is read.
/// </summary>
internal sealed class ArtifactCache(RegistryDownload download, IOptions<ArtifactOptions> options, TimeProvider clock, ILogger<ArtifactCache> logger)
{
    private const string FileName = "model.onnx";
    private static readonly SearchValues<char> LowerHexadecimal = SearchValues.Create("0123456789abcdef");
    private readonly string _root = Path.GetFullPath(options.Value.CacheDirectory);

    /// <summary>The bytes of a version's artifact, from the cache or from the Registry.</summary>
    public async Task<Outcome<byte[]>> ReadAsync(VersionKey key, string sha256, CancellationToken ct)
    {
        if (sha256.Length != 64 || sha256.AsSpan().ContainsAnyExcept(LowerHexadecimal))
        {
            return Refusal.Invalid("sha256", $"must be 64 lower-case hexadecimal digits, is '{sha256}'");
        }
        var folder = FolderOf(sha256);
        if (await ReadVerifiedAsync(folder, sha256, ct) is { } cached)
        {
            return cached;
        }
        if (await DownloadAsync(key, sha256, folder, ct) is { } refusal)
        {
            return refusal;
        }
        CacheEviction.Run(_root, options.Value.MaxCacheBytes, keep: folder, abandonedBefore: clock.GetUtcNow().AddDays(-1));
        return await ReadVerifiedAsync(folder, sha256, ct) is { } bytes
            ? bytes
            : new Refusal(RefusalKind.DataLoss, "the cached artifact was changed while it was read");
    }

    /// <summary>Folder of an artifact with what belongs to it.</summary>
    public string FolderOf(string sha256) => Path.Combine(_root, sha256[..2], sha256);

    private async Task<byte[]?> ReadVerifiedAsync(string folder, string sha256, CancellationToken ct)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            return null;
        }
        var bytes = await File.ReadAllBytesAsync(file, ct);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) == sha256)
        {
            File.SetLastWriteTimeUtc(file, clock.GetUtcNow().UtcDateTime);
            return bytes;
        }
        Log.CorruptFileDropped(logger, sha256);
        Directory.Delete(folder, recursive: true);
        return null;
    }

    private async Task<Refusal?> DownloadAsync(VersionKey key, string sha256, string folder, CancellationToken ct)
    {
        var incoming = Path.Combine(_root, CacheEviction.Incoming, Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"));
        Directory.CreateDirectory(incoming);
        try
        {
            await using (var file = new FileStream(Path.Combine(incoming, FileName), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true))
            {
                if (await download.CopyAsync(key, sha256, file, ct) is { } refusal)
                {
                    return refusal;
                }
                file.Flush(flushToDisk: true);
            }
            Publish(incoming, folder);
            Log.Downloaded(logger, key, sha256);
            return null;
        }
        finally
        {
            if (Directory.Exists(incoming))
            {
                Directory.Delete(incoming, recursive: true);
            }
        }
    }

    private static void Publish(string incoming, string folder)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        try
        {
            Directory.Move(incoming, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another version, or another replica, published the same content first.
        }
    }
}

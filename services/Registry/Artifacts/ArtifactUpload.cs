using System.Security.Cryptography;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Artifacts;

/// <summary>An artifact on its way in: a file beside the store, hashed while it is written. Unless published it is gone when disposed.</summary>
internal sealed class ArtifactUpload(FileInfo temporary, long maxBytes, IDisposable place) : IAsyncDisposable
{
    private readonly FileStream _file = new(temporary.FullName, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        BufferSize = 0,
        Options = FileOptions.Asynchronous,
    });

    /// <summary>SHA-256 of what was received, lower-case hexadecimal; empty before.</summary>
    public string Sha256 { get; private set; } = "";

    /// <summary>Bytes received.</summary>
    public long Size { get; private set; }

    /// <summary>What was received, from its start.</summary>
    public Stream Content
    {
        get
        {
            _file.Position = 0;
            return _file;
        }
    }

    /// <summary>Writes everything that a source gives.</summary>
    /// <returns>Why it was not taken, or null.</returns>
    public async Task<Refusal?> ReceiveAsync(IByteSource source, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            var next = await source.NextAsync(ct);
            if (!next.Succeeded)
            {
                return next.Refusal;
            }
            if (next.Value.IsEmpty)
            {
                break;
            }
            if ((Size += next.Value.Length) > maxBytes)
            {
                return new(RefusalKind.TooLarge, $"must have at most {maxBytes} bytes", "artifact");
            }
            hash.AppendData(next.Value.Span);
            await _file.WriteAsync(next.Value, ct);
        }
        Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        return Size > 0 ? null : Refusal.Invalid("artifact", "is empty");
    }

    /// <summary>Moves the file to its place in the store, whole or not at all, and onto the disk.</summary>
    public async Task PublishAsync(FileInfo target)
    {
        _file.Flush(flushToDisk: true);
        await _file.DisposeAsync();
        target.Directory!.Create();
        // Over a file that is there already: it holds the same bytes, or it is damaged and this repairs it.
        File.Move(temporary.FullName, target.FullName, overwrite: true);
        // A second flush, since journaling file systems write a file's new name down with the file.
        using var moved = File.OpenHandle(target.FullName, share: FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(moved);
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        // Not there any more when it was published.
        File.Delete(temporary.FullName);
        place.Dispose();
    }
}

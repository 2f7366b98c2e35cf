using System.Security.Cryptography;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Artifacts;

/// <summary>
/// An artifact on its way out, verified while it is read. The last piece is held back until the digest of the whole is
/// known to be right, so that no caller ever has a damaged artifact complete.
/// </summary>
internal sealed partial class StoredArtifact(FileStream file, string sha256, long size, ILogger logger) : IByteSource, IAsyncDisposable
{
    /// <summary>Most bytes of a piece.</summary>
    public const int PieceBytes = 64 << 10;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _piece = new byte[(int)Math.Min(PieceBytes, Math.Max(size, 1))];
    private long _read;

    public async ValueTask<Outcome<ReadOnlyMemory<byte>>> NextAsync(CancellationToken ct)
    {
        if (_read == size)
        {
            return ReadOnlyMemory<byte>.Empty;
        }
        var wanted = (int)Math.Min(_piece.Length, size - _read);
        var found = await file.ReadAtLeastAsync(_piece.AsMemory(0, wanted), wanted, throwOnEndOfStream: false, ct);
        _hash.AppendData(_piece, 0, found);
        _read += found;
        if (found < wanted || (_read == size && Convert.ToHexStringLower(_hash.GetHashAndReset()) != sha256))
        {
            LogDamaged(sha256, file.Name);
            return new Refusal(RefusalKind.DataLoss, $"the stored artifact no longer has the digest {sha256}");
        }
        return (ReadOnlyMemory<byte>)_piece.AsMemory(0, found);
    }

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        await file.DisposeAsync();
    }

    [LoggerMessage(EventId = 1103, EventName = "ArtifactDamaged", Level = LogLevel.Error, Message = "Artifact {Sha256} is damaged on disk: {File}")]
    private partial void LogDamaged(string sha256, string file);
}

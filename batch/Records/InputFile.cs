using System.Security.Cryptography;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Records;

/// <summary>What a file was when a job began: if it is another one later, what was predicted belongs to something else.</summary>
/// <param name="Bytes">Length.</param>
/// <param name="ModifiedAt">When it was last written.</param>
/// <param name="Sha256">Digest of its first and last MiB.</param>
internal sealed record FileIdentity(long Bytes, DateTimeOffset ModifiedAt, string Sha256)
{
    private const int EdgeBytes = 1 << 20;

    public static async Task<FileIdentity> OfAsync(string path, CancellationToken ct)
    {
        await using var file = InputFile.Open(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var edge = new byte[EdgeBytes];
        hash.AppendData(edge, 0, await file.ReadAtLeastAsync(edge, EdgeBytes, throwOnEndOfStream: false, ct));
        file.Position = Math.Max(file.Position, file.Length - EdgeBytes);
        hash.AppendData(edge, 0, await file.ReadAtLeastAsync(edge, EdgeBytes, throwOnEndOfStream: false, ct));
        return new(file.Length, new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero), Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}

/// <summary>The head of an input: where its records begin, and for CSV what its header says.</summary>
/// <param name="Records">The first record after the header.</param>
/// <param name="Bytes">Length of the file.</param>
/// <param name="Header">The header as it stands in the file; empty for NDJSON.</param>
internal sealed record InputFile(RecordPosition Records, long Bytes, ReadOnlyMemory<byte> Header)
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    public static FileStream Open(string path) =>
        new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite, BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });

    public static async Task<Outcome<InputFile>> ReadAsync(string path, RecordFormat format, CancellationToken ct)
    {
        await using var file = Open(path);
        var start = new byte[ByteOrderMark.Length];
        var read = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct);
        if (start.AsSpan(0, read) is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return Refusal.Invalid("input", "must be UTF-8, is UTF-16");
        }
        var marked = start.AsSpan(0, read).SequenceEqual(ByteOrderMark);
        var first = new RecordPosition(marked ? ByteOrderMark.Length : 0, 1);
        if (format == RecordFormat.NdJson)
        {
            return new InputFile(first, file.Length, default);
        }
        file.Position = first.Offset;
        var scanner = new RecordScanner(file, format, first, file.Length);
        if (await scanner.ReadAsync(1, ct) is not { } header)
        {
            return Refusal.Invalid("input", "is empty; a CSV file begins with a header row");
        }
        return header.Records[0].Problem is { } problem
            ? Refusal.Invalid("input", $"line {header.Records[0].Line}: the header {problem}")
            : new InputFile(scanner.Position, file.Length, header[0]);
    }

    /// <summary>Reads records from a place on.</summary>
    public static RecordScanner Scan(FileStream file, RecordFormat format, RecordPosition from, long end)
    {
        file.Position = from.Offset;
        return new RecordScanner(file, format, from, end);
    }
}

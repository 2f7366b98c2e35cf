using Grpc.Core;
using ModelOps.FeatureStore.Ingestion;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Features.V1;

namespace ModelOps.FeatureStore.Api;

/// <summary>A file over gRPC: a header, then chunks, read as one stream. A chunk that breaks a rule ends the reading with its refusal.</summary>
internal sealed class GrpcFile(IAsyncStreamReader<Wire.MaterializeRequest> messages, long maxBytes) : Stream
{
    private const int MaxChunkBytes = 1 << 20;
    private ReadOnlyMemory<byte> _rest;
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads the header.</summary>
    public static async Task<Outcome<GrpcUpload>> OpenAsync(IAsyncStreamReader<Wire.MaterializeRequest> messages, long maxBytes, CancellationToken ct) =>
        await messages.MoveNext(ct) && messages.Current.Header is { } header
            ? new GrpcUpload(header, new(messages, maxBytes))
            : Refusal.Invalid("header", "must be the first message");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty && await messages.MoveNext(cancellationToken))
        {
            _rest = Check(messages.Current);
        }
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("messages are read asynchronously");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private ReadOnlyMemory<byte> Check(Wire.MaterializeRequest message)
    {
        _read += message.Chunk.Length;
        Refusal? refusal = message switch
        {
            { ContentCase: not Wire.MaterializeRequest.ContentOneofCase.Chunk } => Refusal.Invalid("chunk", "must be in every message after the header"),
            { Chunk.Length: > MaxChunkBytes } => Refusal.Invalid("chunk", $"may have at most {MaxChunkBytes:N0} bytes, it has {message.Chunk.Length:N0}"),
            _ when _read > maxBytes => new(RefusalKind.TooLarge, $"a file may have at most {maxBytes:N0} bytes"),
            _ => null,
        };
        return refusal is null ? message.Chunk.Memory : throw refusal.ToRpcException();
    }
}

/// <summary>A file and where it goes.</summary>
internal sealed record GrpcUpload(Wire.MaterializeHeader Header, GrpcFile File);

/// <summary>The first messages of streams.</summary>
internal static class GrpcStreams
{
    /// <summary>Reads what is joined.</summary>
    public static async Task<Outcome<Wire.HistoricalSelection>> ReadSelectionAsync(
        this IAsyncStreamReader<Wire.GetHistoricalFeaturesRequest> messages, CancellationToken ct) =>
        await messages.MoveNext(ct) && messages.Current.Selection is { } selection ? selection : Refusal.Invalid("selection", "must be the first message");

    /// <summary>What was taken in, as a message.</summary>
    public static Wire.MaterializeResponse ToWire(this Materialized materialized) => new()
    {
        Rows = materialized.Rows,
        Stored = materialized.Stored,
        Duplicates = materialized.Duplicates,
        Online = materialized.Online,
        Sha256 = materialized.Sha256,
    };
}

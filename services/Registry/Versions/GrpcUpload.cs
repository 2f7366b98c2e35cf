using Grpc.Core;
using ModelOps.Registry.Artifacts;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Registry.V1;

namespace ModelOps.Registry.Versions;

/// <summary>An upload over gRPC: a header, then chunks.</summary>
internal sealed class GrpcUpload(Wire.RegisterModelVersionHeader header, IAsyncStreamReader<Wire.RegisterModelVersionRequest> messages) : IByteSource
{
    private const int MaxChunkBytes = 1 << 20;

    /// <summary>What the caller says about the version.</summary>
    public Wire.RegisterModelVersionHeader Header => header;

    /// <summary>Reads the header.</summary>
    public static async Task<Outcome<GrpcUpload>> OpenAsync(IAsyncStreamReader<Wire.RegisterModelVersionRequest> messages, CancellationToken ct) =>
        await messages.MoveNext(ct) && messages.Current.Header is { } header
            ? new GrpcUpload(header, messages)
            : Refusal.Invalid("header", "must be the first message");

    public async ValueTask<Outcome<ReadOnlyMemory<byte>>> NextAsync(CancellationToken ct)
    {
        while (await messages.MoveNext(ct))
        {
            var message = messages.Current;
            if (message.ContentCase != Wire.RegisterModelVersionRequest.ContentOneofCase.Chunk)
            {
                return Refusal.Invalid("chunk", "must be in every message after the header");
            }
            if (message.Chunk.Length > MaxChunkBytes)
            {
                return Refusal.Invalid("chunk", $"may have at most {MaxChunkBytes} bytes, it has {message.Chunk.Length}");
            }
            // An empty chunk is allowed and says nothing; here emptiness means the end.
            if (!message.Chunk.IsEmpty)
            {
                return message.Chunk.Memory;
            }
        }
        return ReadOnlyMemory<byte>.Empty;
    }
}

using System.Buffers;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Wire;

/// <summary>Compresses and decompresses whole messages.</summary>
internal sealed class Compressor(ICompressionProvider provider, CompressionLevel? level)
{
    private const int ChunkSize = 16 * 1024;

    public string EncodingName => provider.EncodingName;

    public PooledBuffer Compress(ReadOnlySpan<byte> payload)
    {
        var output = new PooledBuffer(Math.Max(256, payload.Length / 2));
        try
        {
            using (var stream = provider.CreateCompressionStream(new BufferWriterStream(output), level))
            {
                stream.Write(payload);
            }
            return output;
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    /// <summary>Never makes more than <paramref name="limit"/> bytes, however little was received.</summary>
    public PooledBuffer Decompress(in ReadOnlySequence<byte> payload, int? limit)
    {
        var output = new PooledBuffer(ChunkSize);
        try
        {
            using var stream = provider.CreateDecompressionStream(new SequenceStream(payload));
            while (true)
            {
                var read = stream.Read(output.GetSpan(ChunkSize));
                if (read == 0)
                {
                    return output;
                }
                output.Advance(read);
                if (output.Length > limit)
                {
                    throw Failures.ReceivedTooLarge();
                }
            }
        }
        catch (Exception e)
        {
            output.Dispose();
            throw e is RpcException ? e : Failures.CannotDecompress(EncodingName, e);
        }
    }
}

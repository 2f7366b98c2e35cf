using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>The five bytes before each message.</summary>
internal static class Frame
{
    public static void WriteHeader(Span<byte> header, bool compressed, int length)
    {
        header[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)length);
    }

    /// <summary>Reads the header of a message whose length is at most <paramref name="limit"/>.</summary>
    /// <exception cref="RpcException">The flag has no meaning or the length is over the limit.</exception>
    public static int ReadHeader(ReadOnlySpan<byte> header, int? limit, out bool compressed)
    {
        if (header[0] > 1)
        {
            throw Failures.BadFlag(header[0]);
        }
        compressed = header[0] == 1;
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (uint)(limit ?? Array.MaxLength - WireNames.FrameHeaderSize))
        {
            throw Failures.ReceivedTooLarge();
        }
        return (int)length;
    }

    /// <summary>Takes the first message off the buffer when all of it is there.</summary>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int? limit, out bool compressed, out ReadOnlySequence<byte> payload)
    {
        compressed = false;
        payload = default;
        if (buffer.Length < WireNames.FrameHeaderSize)
        {
            return false;
        }
        int length;
        if (buffer.FirstSpan.Length >= WireNames.FrameHeaderSize)
        {
            length = ReadHeader(buffer.FirstSpan[..WireNames.FrameHeaderSize], limit, out compressed);
        }
        else
        {
            Span<byte> header = stackalloc byte[WireNames.FrameHeaderSize];
            buffer.Slice(0, WireNames.FrameHeaderSize).CopyTo(header);
            length = ReadHeader(header, limit, out compressed);
        }
        if (buffer.Length < (long)WireNames.FrameHeaderSize + length)
        {
            return false;
        }
        payload = buffer.Slice(WireNames.FrameHeaderSize, length);
        buffer = buffer.Slice(payload.End);
        return true;
    }
}

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelOps.Inference.PredictionLog;

/// <summary>
/// How blocks lie in a file: the length of the payload and its CRC-32C, 4 bytes each and little-endian, then the payload: the number
/// of rows and the length of the layout, 4 bytes each, a PredictionLayout, and to the end a PredictionBlock. Every frame stands for itself,
/// with its layout. What a crash leaves half-written shows by its length or its checksum.
/// </summary>
internal static class SegmentFormat
{
    public const int HeaderSize = 8;

    /// <summary>Largest payload.</summary>
    public const int MaxPayload = 1 << 20;

    private const int PartsSize = 2 * sizeof(int);

    /// <summary>Bytes of a frame before the block.</summary>
    public static int SizeBefore(ReadOnlySpan<byte> layout) => HeaderSize + PartsSize + layout.Length;

    /// <summary>Writes what comes before the block; the header is filled when the frame is sealed.</summary>
    /// <returns><see cref="SizeBefore"/>.</returns>
    public static int Begin(Span<byte> frame, int rows, ReadOnlySpan<byte> layout)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame[HeaderSize..], rows);
        BinaryPrimitives.WriteInt32LittleEndian(frame[(HeaderSize + sizeof(int))..], layout.Length);
        layout.CopyTo(frame[(HeaderSize + PartsSize)..]);
        return SizeBefore(layout);
    }

    /// <summary>Takes the payload of a whole frame apart.</summary>
    /// <returns>Number of rows.</returns>
    public static int Split(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> layout, out ReadOnlySpan<byte> block)
    {
        layout = payload.Slice(PartsSize, BinaryPrimitives.ReadInt32LittleEndian(payload[sizeof(int)..]));
        block = payload[(PartsSize + layout.Length)..];
        return BinaryPrimitives.ReadInt32LittleEndian(payload);
    }

    /// <summary>Fills the header of a frame whose payload is in place.</summary>
    public static void Seal(Span<byte> frame)
    {
        var payload = frame[HeaderSize..];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Checksum(payload));
    }

    /// <summary>Reads the frame that bytes begin with.</summary>
    /// <param name="bytes">Bytes of the file; may end inside the frame.</param>
    /// <param name="payload">The payload, when there is a whole frame.</param>
    public static FrameState Read(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (bytes.Length < HeaderSize)
        {
            return FrameState.Incomplete;
        }
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is <= 0 or > MaxPayload)
        {
            return FrameState.Corrupt; // zeros too: what a file system shows of blocks it had not written
        }
        if (bytes.Length - HeaderSize < length)
        {
            return FrameState.Incomplete;
        }
        payload = bytes.Slice(HeaderSize, length);
        return Checksum(payload) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) && HasParts(payload) ? FrameState.Whole : FrameState.Corrupt;
    }

    /// <summary>False for what another version of the service wrote in another form.</summary>
    private static bool HasParts(ReadOnlySpan<byte> payload) => payload.Length > PartsSize
        && BinaryPrimitives.ReadInt32LittleEndian(payload) is > 0 and <= BlockEncoder.MostRows
        && BinaryPrimitives.ReadInt32LittleEndian(payload[sizeof(int)..]) is var layout and >= 0 && layout <= payload.Length - PartsSize;

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }
        foreach (var rest in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }
        return ~crc;
    }
}

/// <summary>What stands at a place of a file.</summary>
internal enum FrameState
{
    Whole,
    Incomplete,
    Corrupt,
}

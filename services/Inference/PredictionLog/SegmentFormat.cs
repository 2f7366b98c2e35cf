using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelOps.Inference.PredictionLog;

/// <summary>
/// How blocks lie in a file: the length of the payload and its CRC-32C, 4 bytes each and little-endian, then the payload: the number
/// of a layout and the number of rows, 4 bytes each, and to the end a PredictionBlock. A frame of no rows has the PredictionLayout itself,
/// once in a file and before the first frame that names it. What a crash leaves half-written shows by its length or its checksum.
/// </summary>
internal static class SegmentFormat
{
    public const int HeaderSize = 8;

    /// <summary>Largest payload.</summary>
    public const int MaxPayload = 1 << 20;

    private const int PartsSize = 2 * sizeof(int);

    /// <summary>Bytes of a frame before its block or its layout.</summary>
    public const int SizeBefore = HeaderSize + PartsSize;

    /// <summary>Writes what comes before the block or the layout; the header is filled when the frame is sealed.</summary>
    public static void Begin(Span<byte> frame, int layout, int rows)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame[HeaderSize..], layout);
        BinaryPrimitives.WriteInt32LittleEndian(frame[(HeaderSize + sizeof(int))..], rows);
    }

    /// <summary>Takes the payload of a whole frame apart.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="layout">Number of the layout.</param>
    /// <param name="rest">A PredictionBlock, or the PredictionLayout where there are no rows.</param>
    /// <returns>Number of rows.</returns>
    public static int Split(ReadOnlySpan<byte> payload, out int layout, out ReadOnlySpan<byte> rest)
    {
        layout = BinaryPrimitives.ReadInt32LittleEndian(payload);
        rest = payload[PartsSize..];
        return BinaryPrimitives.ReadInt32LittleEndian(payload[sizeof(int)..]);
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
        && BinaryPrimitives.ReadInt32LittleEndian(payload) > 0
        && BinaryPrimitives.ReadInt32LittleEndian(payload[sizeof(int)..]) is >= 0 and <= BlockEncoder.MostRows;

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

using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace ModelOps.Inference.PredictionLog;

/// <summary>
/// Writes protobuf fields, and frames of them, into one pooled buffer: a prediction is encoded on the path of its answer, and
/// messages built of objects would cost several times the memory.
/// </summary>
internal sealed class WireWriter(int firstSize) : IDisposable
{
    private const int Varints = 0;
    private const int Delimited = 2;
    private const int MostKept = 64 << 10;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(firstSize);
    private int _length;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <summary>Forgets what was written; a buffer that became large is not kept.</summary>
    public void Clear()
    {
        _length = 0;
        if (_buffer.Length > MostKept)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(firstSize);
        }
    }

    /// <summary>Begins a frame: leaves room for its header and writes what comes before the block.</summary>
    /// <returns>Where the frame begins.</returns>
    public int BeginFrame(int layout, int rows)
    {
        var start = _length;
        SegmentFormat.Begin(Room(SegmentFormat.SizeBefore), layout, rows);
        _length += SegmentFormat.SizeBefore;
        return start;
    }

    /// <summary>Closes a frame, or takes it back when its payload is too large.</summary>
    public bool TryEndFrame(int start)
    {
        if (_length - start - SegmentFormat.HeaderSize > SegmentFormat.MaxPayload)
        {
            _length = start;
            return false;
        }
        SegmentFormat.Seal(_buffer.AsSpan(start, _length - start));
        return true;
    }

    /// <summary>A string or a message whose bytes are there; nothing when empty.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            Header(field, bytes.Length);
            Raw(bytes);
        }
    }

    /// <summary>An element of a repeated string field, empty ones included.</summary>
    public void Element(int field, ReadOnlySpan<byte> bytes)
    {
        Header(field, bytes.Length);
        Raw(bytes);
    }

    /// <summary>A repeated field of integers that are not negative, packed.</summary>
    public void Integers(int field, ReadOnlySpan<int> values)
    {
        var length = 0;
        foreach (var value in values)
        {
            length += SizeOf((uint)value);
        }
        Header(field, length);
        foreach (var value in values)
        {
            Varint((uint)value);
        }
    }

    /// <summary>Bytes with their length in four bytes before them, as elements of BYTES tensors are.</summary>
    public void LengthPrefixed(ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), bytes.Length);
        _length += sizeof(int);
        Raw(bytes);
    }

    /// <summary>Bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>A string; nothing when empty.</summary>
    public void Text(int field, string text)
    {
        if (text.Length > 0)
        {
            Header(field, Encoding.UTF8.GetByteCount(text));
            _length += Encoding.UTF8.GetBytes(text, Room(Encoding.UTF8.GetMaxByteCount(text.Length)));
        }
    }

    /// <summary>An integer, zero included.</summary>
    public void Integer(int field, long value)
    {
        Varint((uint)(field << 3) | Varints);
        Varint((ulong)value);
    }

    /// <summary>An element of a packed field of doubles.</summary>
    public void Fixed(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Room(sizeof(double)), value);
        _length += sizeof(double);
    }

    /// <summary>The tag and length of a message whose fields follow.</summary>
    public void Header(int field, int length)
    {
        Varint((uint)(field << 3) | Delimited);
        Varint((uint)length);
    }

    /// <summary>A google.protobuf.Timestamp.</summary>
    public void Time(int field, DateTimeOffset time)
    {
        var seconds = time.ToUnixTimeSeconds();
        var nanoseconds = (time.UtcTicks - DateTimeOffset.FromUnixTimeSeconds(seconds).UtcTicks) * TimeSpan.NanosecondsPerTick;
        Header(field, 2 + SizeOf((ulong)seconds) + SizeOf((ulong)nanoseconds));
        Integer(1, seconds);
        Integer(2, nanoseconds);
    }

    /// <summary>Bytes that a varint takes.</summary>
    public static int SizeOf(ulong value) => ((BitOperations.Log2(value) * 9) + 73) / 64;

    private void Varint(ulong value)
    {
        var room = Room(10);
        var at = 0;
        for (; value > 0x7F; value >>= 7)
        {
            room[at++] = (byte)(value | 0x80);
        }
        room[at++] = (byte)value;
        _length += at;
    }

    private Span<byte> Room(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(_length * 2, _length + bytes)));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        return _buffer.AsSpan(_length);
    }
}

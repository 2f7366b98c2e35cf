using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.OpenInference;

/// <summary>
/// Collects JSON elements in the raw encoding. Grows with what arrives, never with what a shape announces.
/// </summary>
internal ref struct ElementWriter(Datatype datatype)
{
    private const int FirstSize = 256;
    private byte[]? _buffer;
    private int _length;

    /// <summary>Takes the element a reader stands on.</summary>
    /// <returns>False when it is of another kind than the datatype, or out of its range.</returns>
    public bool TryAdd(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.Number => TryAddNumber(ref json),
        JsonTokenType.String => datatype.Size == 0 ? AddText(ref json) : TryAddNamedNumber(ref json),
        JsonTokenType.True or JsonTokenType.False => datatype.ElementType == TensorElementType.Bool && Add(json.GetBoolean() ? (byte)1 : (byte)0),
        _ => false,
    };

    /// <summary>Hands over the elements; the pooled array is the caller's now.</summary>
    public (byte[]? Rented, int Length) Detach()
    {
        var written = (_buffer, _length);
        (_buffer, _length) = (null, 0);
        return written;
    }

    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool TryAddNumber(ref Utf8JsonReader json) => datatype.ElementType switch
    {
        TensorElementType.Float => json.TryGetSingle(out var value) && float.IsFinite(value) && Add(value),
        TensorElementType.Double => json.TryGetDouble(out var value) && double.IsFinite(value) && Add(value),
        TensorElementType.Float16 => json.TryGetSingle(out var value) && Half.IsFinite((Half)value) && Add((Half)value),
        TensorElementType.BFloat16 => json.TryGetSingle(out var value) && float.IsFinite(value) && BFloat16.IsFinite((BFloat16)value) && Add((BFloat16)value),
        TensorElementType.Int8 => json.TryGetSByte(out var value) && Add(value),
        TensorElementType.Int16 => json.TryGetInt16(out var value) && Add(value),
        TensorElementType.Int32 => json.TryGetInt32(out var value) && Add(value),
        TensorElementType.Int64 => json.TryGetInt64(out var value) && Add(value),
        TensorElementType.UInt8 => json.TryGetByte(out var value) && Add(value),
        TensorElementType.UInt16 => json.TryGetUInt16(out var value) && Add(value),
        TensorElementType.UInt32 => json.TryGetUInt32(out var value) && Add(value),
        TensorElementType.UInt64 => json.TryGetUInt64(out var value) && Add(value),
        _ => false,
    };

    /// <summary>JSON has no NaN and no infinity; they travel as strings, as in our answers.</summary>
    private bool TryAddNamedNumber(ref Utf8JsonReader json)
    {
        double? value = json.ValueTextEquals(JsonNumbers.NaN) ? double.NaN
            : json.ValueTextEquals(JsonNumbers.PositiveInfinity) ? double.PositiveInfinity
            : json.ValueTextEquals(JsonNumbers.NegativeInfinity) ? double.NegativeInfinity
            : null;
        return value is { } named && datatype.ElementType switch
        {
            TensorElementType.Float => Add((float)named),
            TensorElementType.Double => Add(named),
            TensorElementType.Float16 => Add((Half)named),
            TensorElementType.BFloat16 => Add((BFloat16)(float)named),
            _ => false,
        };
    }

    private bool AddText(ref Utf8JsonReader json)
    {
        var longest = json.HasValueSequence ? checked((int)json.ValueSequence.Length) : json.ValueSpan.Length;
        var room = Room(BytesElements.LengthSize + longest);
        var written = json.CopyString(room[BytesElements.LengthSize..]);
        BinaryPrimitives.WriteInt32LittleEndian(room, written);
        _length += BytesElements.LengthSize + written;
        return true;
    }

    private bool Add<T>(T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(Room(datatype.Size), in value);
        _length += datatype.Size;
        return true;
    }

    private Span<byte> Room(int bytes)
    {
        if (_buffer is null || _buffer.Length - _length < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, checked(Math.Max(_length * 2, _length + bytes))));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            Dispose();
            _buffer = larger;
        }
        return _buffer.AsSpan(_length);
    }
}

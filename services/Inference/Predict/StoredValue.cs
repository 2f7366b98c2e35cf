using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Contracts.Features.V1;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Predict;

/// <summary>Values of the feature store in the raw encoding of tensors.</summary>
internal static class StoredValue
{
    /// <summary>Encodes a value.</summary>
    /// <returns>Null when the value does not fit the type.</returns>
    public static byte[]? Encode(Value value, Datatype datatype) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => datatype.Size == 0 ? Text(value.StringValue) : null,
        Value.KindOneofCase.BoolValue => datatype.Size == 0 ? null : Number(value.BoolValue ? 1 : 0, datatype),
        Value.KindOneofCase.Int64Value => Number(value.Int64Value, datatype),
        Value.KindOneofCase.DoubleValue => datatype.IsFloatingPoint ? FloatingPoint(value.DoubleValue, datatype) : null,
        _ => null,
    };

    /// <summary>What stands for a missing value in a floating point input.</summary>
    public static byte[] NaN(Datatype datatype) => FloatingPoint(double.NaN, datatype);

    private static byte[]? Number(long value, Datatype datatype) => datatype.ElementType switch
    {
        TensorElementType.Bool => value is 0 or 1 ? [(byte)value] : null,
        TensorElementType.Int8 => Integer<sbyte>(value),
        TensorElementType.Int16 => Integer<short>(value),
        TensorElementType.Int32 => Integer<int>(value),
        TensorElementType.Int64 => Integer<long>(value),
        TensorElementType.UInt8 => Integer<byte>(value),
        TensorElementType.UInt16 => Integer<ushort>(value),
        TensorElementType.UInt32 => Integer<uint>(value),
        TensorElementType.UInt64 => Integer<ulong>(value),
        _ => datatype.IsFloatingPoint ? FloatingPoint(value, datatype) : null,
    };

    private static byte[]? Integer<T>(long value)
        where T : unmanaged, IBinaryInteger<T>
    {
        var narrow = T.CreateTruncating(value);
        return long.CreateSaturating(narrow) == value ? Bytes(narrow) : null;
    }

    private static byte[] FloatingPoint(double value, Datatype datatype) => datatype.ElementType switch
    {
        TensorElementType.Double => Bytes(value),
        TensorElementType.Float => Bytes((float)value),
        TensorElementType.BFloat16 => Bytes((BFloat16)(float)value),
        _ => Bytes((Half)value),
    };

    private static byte[] Bytes<T>(T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();

    private static byte[] Text(string text)
    {
        var raw = new byte[BytesElements.LengthSize + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteInt32LittleEndian(raw, raw.Length - BytesElements.LengthSize);
        Encoding.UTF8.GetBytes(text, raw.AsSpan(BytesElements.LengthSize));
        return raw;
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Explanations;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Explanations;

/// <summary>Single elements in the raw encoding, as explanations take them.</summary>
internal static class FeatureValues
{
    public static FeatureValue Decode(Datatype datatype, ReadOnlySpan<byte> raw) => datatype.ElementType switch
    {
        TensorElementType.String => new(0, Encoding.UTF8.GetString(raw[BytesElements.LengthSize..])),
        TensorElementType.Bool => new(raw[0]),
        TensorElementType.UInt8 => new(raw[0]),
        TensorElementType.Int8 => new((sbyte)raw[0]),
        TensorElementType.UInt16 => new(BinaryPrimitives.ReadUInt16LittleEndian(raw)),
        TensorElementType.Int16 => new(BinaryPrimitives.ReadInt16LittleEndian(raw)),
        TensorElementType.UInt32 => new(BinaryPrimitives.ReadUInt32LittleEndian(raw)),
        TensorElementType.Int32 => new(BinaryPrimitives.ReadInt32LittleEndian(raw)),
        TensorElementType.UInt64 => new(BinaryPrimitives.ReadUInt64LittleEndian(raw)),
        TensorElementType.Int64 => new(BinaryPrimitives.ReadInt64LittleEndian(raw)),
        TensorElementType.Float => new(BinaryPrimitives.ReadSingleLittleEndian(raw)),
        TensorElementType.Double => new(BinaryPrimitives.ReadDoubleLittleEndian(raw)),
        TensorElementType.BFloat16 => new((float)MemoryMarshal.Read<BFloat16>(raw)),
        _ => new((double)BinaryPrimitives.ReadHalfLittleEndian(raw)),
    };
}

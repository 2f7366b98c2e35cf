using ModelOps.Onnx.Schema;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Onnx;

/// <summary>ONNX's element types: their names on the wire, and their sizes.</summary>
internal static class Datatypes
{
    /// <summary>The Open Inference Protocol's name; null for a type that cannot travel by it.</summary>
    public static string? WireName(DataType type) => type switch
    {
        DataType.Bool => "BOOL",
        DataType.Uint8 => "UINT8",
        DataType.Uint16 => "UINT16",
        DataType.Uint32 => "UINT32",
        DataType.Uint64 => "UINT64",
        DataType.Int8 => "INT8",
        DataType.Int16 => "INT16",
        DataType.Int32 => "INT32",
        DataType.Int64 => "INT64",
        DataType.Float16 => "FP16",
        DataType.Bfloat16 => "BF16",
        DataType.Float => "FP32",
        DataType.Double => "FP64",
        DataType.String => "BYTES",
        _ => null,
    };

    /// <summary>Bits of an element in raw_data; null for types that have none there, or that ONNX does not define.</summary>
    public static int? Bits(DataType type) => type switch
    {
        DataType.Uint2 or DataType.Int2 => 2,
        DataType.Uint4 or DataType.Int4 or DataType.Float4E2M1 => 4,
        DataType.Bool or DataType.Uint8 or DataType.Int8 => 8,
        DataType.Float8E4M3Fn or DataType.Float8E4M3Fnuz or DataType.Float8E5M2 or DataType.Float8E5M2Fnuz or DataType.Float8E8M0 => 8,
        DataType.Uint16 or DataType.Int16 or DataType.Float16 or DataType.Bfloat16 => 16,
        DataType.Uint32 or DataType.Int32 or DataType.Float => 32,
        DataType.Uint64 or DataType.Int64 or DataType.Double or DataType.Complex64 => 64,
        DataType.Complex128 => 128,
        _ => null,
    };

    /// <summary>How many values the field of the type holds, and how many it takes for so many elements.</summary>
    public static (long Found, long Needed) Typed(TensorProto tensor, long elements) => tensor.DataType switch
    {
        DataType.Float => (tensor.FloatData.Count, elements),
        DataType.Complex64 => (tensor.FloatData.Count, 2 * elements),
        DataType.Double => (tensor.DoubleData.Count, elements),
        DataType.Complex128 => (tensor.DoubleData.Count, 2 * elements),
        DataType.Int64 => (tensor.Int64Data.Count, elements),
        DataType.Uint32 or DataType.Uint64 => (tensor.Uint64Data.Count, elements),
        DataType.String => (tensor.StringData.Count, elements),
        DataType.Uint4 or DataType.Int4 or DataType.Float4E2M1 => (tensor.Int32Data.Count, (elements + 1) / 2),
        DataType.Uint2 or DataType.Int2 => (tensor.Int32Data.Count, (elements + 3) / 4),
        _ => (tensor.Int32Data.Count, elements),
    };
}

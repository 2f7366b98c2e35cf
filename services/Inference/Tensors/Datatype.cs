using System.Collections.Frozen;
using System.Text;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelOps.Inference.Tensors;

/// <summary>An element type, by its name on the wire and in ONNX Runtime.</summary>
/// <param name="Name">Open Inference Protocol's name.</param>
/// <param name="ElementType">ONNX Runtime's type.</param>
/// <param name="Size">Bytes of an element; 0 for BYTES, whose elements carry their length.</param>
internal sealed record Datatype(string Name, TensorElementType ElementType, int Size)
{
    public static readonly Datatype Bool = new("BOOL", TensorElementType.Bool, 1);
    public static readonly Datatype UInt8 = new("UINT8", TensorElementType.UInt8, 1);
    public static readonly Datatype UInt16 = new("UINT16", TensorElementType.UInt16, 2);
    public static readonly Datatype UInt32 = new("UINT32", TensorElementType.UInt32, 4);
    public static readonly Datatype UInt64 = new("UINT64", TensorElementType.UInt64, 8);
    public static readonly Datatype Int8 = new("INT8", TensorElementType.Int8, 1);
    public static readonly Datatype Int16 = new("INT16", TensorElementType.Int16, 2);
    public static readonly Datatype Int32 = new("INT32", TensorElementType.Int32, 4);
    public static readonly Datatype Int64 = new("INT64", TensorElementType.Int64, 8);
    public static readonly Datatype Fp16 = new("FP16", TensorElementType.Float16, 2);
    public static readonly Datatype Bf16 = new("BF16", TensorElementType.BFloat16, 2);
    public static readonly Datatype Fp32 = new("FP32", TensorElementType.Float, 4);
    public static readonly Datatype Fp64 = new("FP64", TensorElementType.Double, 8);
    public static readonly Datatype Bytes = new("BYTES", TensorElementType.String, 0);

    private static readonly Datatype[] All = [Bool, UInt8, UInt16, UInt32, UInt64, Int8, Int16, Int32, Int64, Fp16, Bf16, Fp32, Fp64, Bytes];
    private static readonly FrozenDictionary<string, Datatype> ByName = All.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);
    private static readonly FrozenDictionary<TensorElementType, Datatype> ByElementType = All.ToFrozenDictionary(type => type.ElementType);

    /// <summary>The name as it travels.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);

    public bool IsFloatingPoint => ReferenceEquals(this, Fp32) || ReferenceEquals(this, Fp64) || ReferenceEquals(this, Fp16) || ReferenceEquals(this, Bf16);

    public static Datatype? Find(string name) => ByName.GetValueOrDefault(name);

    public static Datatype? Find(TensorElementType type) => ByElementType.GetValueOrDefault(type);
}

using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Models;

/// <summary>One output of a run; valid as long as the result it came from.</summary>
internal readonly struct OutputTensor
{
    private readonly OrtValue _value;

    public OutputTensor(TensorSchema schema, OrtValue value)
    {
        var type = value.GetTensorTypeAndShape();
        (Schema, _value, Shape, Elements) = (schema, value, type.Shape, type.ElementCount);
    }

    public TensorSchema Schema { get; }

    public long[] Shape { get; }

    public long Elements { get; }

    /// <summary>Elements of a tensor of numbers, little-endian and row-major.</summary>
    public ReadOnlySpan<byte> Numbers => Elements == 0 ? [] : _value.GetTensorMutableRawData();

    /// <summary>An element of a floating point tensor.</summary>
    public double FloatingPoint(int index) => Schema.Datatype.ElementType switch
    {
        TensorElementType.Double => MemoryMarshal.Cast<byte, double>(Numbers)[index],
        TensorElementType.Float => MemoryMarshal.Cast<byte, float>(Numbers)[index],
        TensorElementType.BFloat16 => (float)MemoryMarshal.Cast<byte, BFloat16>(Numbers)[index],
        _ => (double)MemoryMarshal.Cast<byte, Half>(Numbers)[index],
    };

    /// <summary>An element of a BYTES tensor.</summary>
    public ReadOnlySpan<byte> Text(int index) => _value.GetStringElementAsSpan(index);
}

using Microsoft.ML.OnnxRuntime;
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

    /// <summary>An element of a BYTES tensor.</summary>
    public ReadOnlySpan<byte> Text(int index) => _value.GetStringElementAsSpan(index);
}

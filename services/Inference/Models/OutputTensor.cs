using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Models;

/// <summary>One output of a request: a view of the run's memory, valid as long as the result it came from.</summary>
internal readonly struct OutputTensor
{
    private readonly nint _numbers;
    private readonly OrtValue? _texts;
    private readonly int _firstText;

    /// <summary>An output of numbers.</summary>
    /// <param name="schema">The tensor.</param>
    /// <param name="shape">Its dimensions; kept.</param>
    /// <param name="elements">Their product.</param>
    /// <param name="numbers">Address of its first element.</param>
    public OutputTensor(TensorSchema schema, long[] shape, int elements, nint numbers) =>
        (Schema, Shape, Elements, _numbers) = (schema, shape, elements, numbers);

    /// <summary>An output of texts.</summary>
    /// <param name="schema">The tensor.</param>
    /// <param name="shape">Its dimensions; kept.</param>
    /// <param name="elements">Their product.</param>
    /// <param name="texts">The value that holds them.</param>
    /// <param name="firstText">Which of the value's elements is the first.</param>
    public OutputTensor(TensorSchema schema, long[] shape, int elements, OrtValue texts, int firstText) =>
        (Schema, Shape, Elements, _texts, _firstText) = (schema, shape, elements, texts, firstText);

    public TensorSchema Schema { get; }

    public long[] Shape { get; }

    public int Elements { get; }

    /// <summary>Elements of a tensor of numbers, little-endian and row-major.</summary>
    public unsafe ReadOnlySpan<byte> Numbers => new((void*)_numbers, Elements * Schema.Datatype.Size);

    /// <summary>An element of a floating point tensor.</summary>
    public double FloatingPoint(int index) => Schema.Datatype.ElementType switch
    {
        TensorElementType.Double => MemoryMarshal.Cast<byte, double>(Numbers)[index],
        TensorElementType.Float => MemoryMarshal.Cast<byte, float>(Numbers)[index],
        TensorElementType.BFloat16 => (float)MemoryMarshal.Cast<byte, BFloat16>(Numbers)[index],
        _ => (double)MemoryMarshal.Cast<byte, Half>(Numbers)[index],
    };

    /// <summary>An element of a BYTES tensor.</summary>
    public ReadOnlySpan<byte> Text(int index) => _texts!.GetStringElementAsSpan(_firstText + index);

    /// <summary>The same output, for rows of it.</summary>
    public OutputTensor Rows(int first, int rows)
    {
        var perRow = Elements / (int)Shape[0];
        long[] shape = [rows, .. Shape.AsSpan(1)];
        return _texts is { } texts
            ? new(Schema, shape, rows * perRow, texts, _firstText + (first * perRow))
            : new(Schema, shape, rows * perRow, _numbers + ((nint)first * perRow * Schema.Datatype.Size));
    }
}

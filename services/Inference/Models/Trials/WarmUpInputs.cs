using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Inference.Tensors;
using ModelOps.Serving;

namespace ModelOps.Inference.Models.Trials;

/// <summary>Inputs for a model's first runs, in the shapes that requests will have.</summary>
/// <param name="schema">The model's tensors.</param>
/// <param name="wanted">Lengths of the dimensions that the model leaves open.</param>
internal sealed class WarmUpInputs(ModelSchema schema, WarmUpConfiguration wanted)
{
    private const int MostBytes = 64 << 20;
    private const int Letters = 26;

    /// <summary>The first rows have numbers from zero to one, those after them also negative ones and larger ones.</summary>
    private const int UsualRows = 2;
    private const double Spread = 8;

    /// <summary>True when the model may refuse values that nobody said it takes.</summary>
    public bool MayBeRefused { get; init; }

    /// <summary>True when a length beyond the first dimension, or a value that is taken, has to be guessed.</summary>
    public bool IsGuess => MayBeRefused || schema.Inputs.Any(input => !wanted.Shapes.ContainsKey(input.Name) && input.Shape.Skip(1).Any(length => length < 0));

    /// <summary>Zeros and empty strings.</summary>
    /// <returns>Null when they take more than 64 MiB.</returns>
    public BoundInputs? Zeros(int rows) => Create(rows, textBytes: 0, static (_, raw, _) => raw.Clear());

    /// <summary>Small numbers and letters that differ from row to row; the same row is the same in every call, whatever the rows around it.</summary>
    /// <returns>Null when they take more than 64 MiB.</returns>
    public BoundInputs? Numbered(int firstRow, int rows) => Create(rows, textBytes: 1, (input, raw, row) => Fill(input.Datatype, raw, firstRow + row));

    private BoundInputs? Create(int rows, int textBytes, Action<TensorSchema, Span<byte>, int> fill)
    {
        var inputs = new BoundInputs(schema);
        foreach (var input in schema.Inputs)
        {
            var shape = Shape(input, rows);
            var size = input.Datatype.Size == 0 ? BytesElements.LengthSize + textBytes : input.Datatype.Size;
            if (TensorShape.Count(shape, out var elements) is not null || (long)elements * size > MostBytes)
            {
                return null;
            }
            var raw = new byte[elements * size];
            var count = shape is [var first, ..] && first == rows ? rows : 1;
            for (var row = 0; row < count; row++)
            {
                fill(input, raw.AsSpan(row * (raw.Length / count), raw.Length / count), row);
            }
            _ = inputs.Declare(input.Name, input.Datatype.Name, shape, out var ordinal);
            _ = inputs.Fill(ordinal, raw);
        }
        return inputs;
    }

    private long[] Shape(TensorSchema input, int rows)
    {
        var open = wanted.Shapes.TryGetValue(input.Name, out var lengths) ? new Queue<long>(lengths) : new Queue<long>();
        return [.. input.Shape.Select((length, axis) => length >= 0 ? length : axis == 0 ? rows : open.TryDequeue(out var said) ? said : 1)];
    }

    private static void Fill(Datatype datatype, Span<byte> raw, int row)
    {
        var random = new Random(row);
        Func<double> next = row < UsualRows ? random.NextDouble : () => Spread * (random.NextDouble() - 0.5);
        switch (datatype.ElementType)
        {
            case TensorElementType.Float: Each(raw, () => (float)next()); break;
            case TensorElementType.Double: Each(raw, next); break;
            case TensorElementType.Float16: Each(raw, () => (Half)next()); break;
            case TensorElementType.BFloat16: Each(raw, () => (BFloat16)(float)next()); break;
            case TensorElementType.String: Texts(raw, row); break;
            default: Integers(raw, datatype.Size, random); break;
        }
    }

    private static void Each<T>(Span<byte> raw, Func<T> next)
        where T : unmanaged
    {
        foreach (ref var value in MemoryMarshal.Cast<byte, T>(raw))
        {
            value = next();
        }
    }

    /// <summary>A letter each: which texts a model knows, nobody can tell.</summary>
    private static void Texts(Span<byte> raw, int row)
    {
        const int Size = BytesElements.LengthSize + 1;
        for (var at = 0; at < raw.Length; at += Size)
        {
            raw[at] = 1;
            raw[at + BytesElements.LengthSize] = (byte)('a' + ((row + (at / Size)) % Letters));
        }
    }

    /// <summary>Zeros and ones: an integer may be an index, or how often something is done.</summary>
    private static void Integers(Span<byte> raw, int size, Random random)
    {
        for (var at = 0; at < raw.Length; at += size)
        {
            raw[at] = (byte)random.Next(2);
        }
    }
}

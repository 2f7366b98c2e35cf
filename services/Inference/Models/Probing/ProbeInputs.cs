using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Inference.Tensors;
using ModelOps.Serving;

namespace ModelOps.Inference.Models.Probing;

/// <summary>One row of zeros and empty strings.</summary>
internal static class ProbeInputs
{
    private const long MostElements = 16 << 20;

    /// <summary>True when a length beyond the first dimension has to be guessed.</summary>
    public static bool IsGuess(ModelSchema schema, WarmUpConfiguration warmUp) =>
        schema.Inputs.Any(input => !warmUp.Shapes.ContainsKey(input.Name) && input.Shape.Skip(1).Any(length => length < 0));

    /// <returns>Null when an input has more than 16 Mi elements.</returns>
    public static OrtValue[]? Create(ModelSchema schema, WarmUpConfiguration warmUp)
    {
        var shapes = Array.ConvertAll(schema.Inputs, input => Shape(input, warmUp));
        return shapes.All(shape => TensorShape.Count(shape, out var elements) is null && elements <= MostElements)
            ? [.. schema.Inputs.Zip(shapes, (input, shape) => Zeros(input.Datatype.ElementType, shape))]
            : null;
    }

    private static long[] Shape(TensorSchema input, WarmUpConfiguration warmUp)
    {
        var open = new Queue<long>(warmUp.Shapes.GetValueOrDefault(input.Name) ?? []);
        return [.. input.Shape.Select((length, axis) => length >= 0 ? length : axis > 0 && open.TryDequeue(out var said) ? said : 1)];
    }

    private static OrtValue Zeros(TensorElementType type, long[] shape)
    {
        if (type == TensorElementType.String)
        {
            return OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        }
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape);
        value.GetTensorMutableRawData().Clear();
        return value;
    }
}

using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Models;

/// <summary>Inputs for a model's first runs: one row of zeros and empty strings, in the shapes that requests will have.</summary>
internal static class WarmUpInputs
{
    private const int MostBytes = 64 << 20;

    /// <summary>True when a length beyond the first dimension had to be guessed.</summary>
    public static bool IsGuess(ModelSchema schema) =>
        schema.Inputs.Any(input => input.Shape.Skip(1).Any(length => length < 0));

    /// <returns>Null when one row takes more than 64 MiB.</returns>
    public static BoundInputs? Create(ModelSchema schema)
    {
        var inputs = new BoundInputs(schema);
        for (var i = 0; i < schema.Inputs.Length; i++)
        {
            var input = schema.Inputs[i];
            var shape = Array.ConvertAll(input.Shape, length => length < 0 ? 1 : length);
            var elementSize = Math.Max(input.Datatype.Size, BytesElements.LengthSize);
            if (TensorShape.Count(shape, out var elements) is not null || (long)elements * elementSize > MostBytes)
            {
                return null;
            }
            _ = inputs.Declare(input.Name, input.Datatype.Name, shape, out _);
            _ = inputs.Fill(i, new byte[elements * (input.Datatype.Size == 0 ? BytesElements.LengthSize : input.Datatype.Size)]);
        }
        return inputs;
    }
}

namespace ModelOps.Inference.Tensors;

/// <summary>Arithmetic on the dimensions that a caller sent.</summary>
internal static class TensorShape
{
    /// <summary>Counts the elements of a shape.</summary>
    /// <param name="shape">Dimensions as they came.</param>
    /// <param name="elements">Their product.</param>
    /// <returns>Which rule the shape breaks; null when it breaks none.</returns>
    public static string? Count(ReadOnlySpan<long> shape, out int elements)
    {
        elements = 0;
        // The product of the lengths that are not zero is bounded even when another one makes the tensor empty: ONNX Runtime multiplies all of them.
        long product = 1;
        var empty = false;
        foreach (var length in shape)
        {
            if (length < 0)
            {
                return $"has a negative dimension in shape {Text(shape)}";
            }
            if (length == 0)
            {
                empty = true;
            }
            else if (length > int.MaxValue || (product *= length) > int.MaxValue)
            {
                return $"has more than {int.MaxValue} elements in shape {Text(shape)}";
            }
        }
        elements = empty ? 0 : (int)product;
        return null;
    }

    public static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(',', shape.ToArray())}]";
}

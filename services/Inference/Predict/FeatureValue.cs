using System.Buffers;
using System.Text.Json;
using ModelOps.Inference.OpenInference;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Predict;

/// <summary>Values of features as JSON gives them, in a request or as a default, in the raw encoding of tensors.</summary>
internal static class FeatureValue
{
    /// <summary>Reads the value that the reader stands at.</summary>
    /// <param name="json">Where it stands.</param>
    /// <param name="datatype">Type it must have.</param>
    /// <param name="allowNaN">Whether it may be NaN.</param>
    /// <param name="raw">The value; null when it is not of the type.</param>
    /// <returns>The rule that it breaks; null: none.</returns>
    public static string? Read(ref Utf8JsonReader json, Datatype datatype, bool allowNaN, out byte[]? raw)
    {
        raw = null;
        var element = new ElementWriter(datatype);
        try
        {
            if (!element.TryAdd(ref json))
            {
                return $"must be {Kind(datatype)}";
            }
            var (rented, length) = element.Detach();
            raw = rented.AsSpan(0, length).ToArray();
            ArrayPool<byte>.Shared.Return(rented!);
            return ElementRules.Check(datatype, raw, 1, allowNaN);
        }
        finally
        {
            element.Dispose();
        }
    }

    private static string Kind(Datatype datatype) =>
        datatype.Size == 0 ? "a string"
        : ReferenceEquals(datatype, Datatype.Bool) ? "true or false"
        : datatype.IsFloatingPoint ? $"a number within {datatype.Name}"
        : $"an integer within {datatype.Name}";
}

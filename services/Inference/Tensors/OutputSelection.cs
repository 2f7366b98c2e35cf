using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Tensors;

/// <summary>The outputs that a request wants, in the order it named them.</summary>
/// <param name="Schemas">The tensors.</param>
/// <param name="Names">Their names, as ONNX Runtime takes them.</param>
/// <param name="Ordinals">Which outputs of the model they are.</param>
internal sealed record OutputSelection(TensorSchema[] Schemas, string[] Names, int[] Ordinals)
{
    /// <summary>Every output, in the order of the model.</summary>
    public static OutputSelection All(ModelSchema schema) => new(
        schema.Outputs, [.. schema.Outputs.Select(output => output.Name)], [.. Enumerable.Range(0, schema.Outputs.Length)]);

    /// <summary>Finds the outputs by name.</summary>
    /// <param name="schema">The model's tensors.</param>
    /// <param name="names">Names as the caller wrote them; at least one.</param>
    /// <param name="selection">The outputs; null when refused.</param>
    public static Refusal? Find(ModelSchema schema, string[] names, out OutputSelection? selection)
    {
        selection = null;
        var schemas = new TensorSchema[names.Length];
        var ordinals = new int[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            var ordinal = schema.FindOutput(names[i]);
            if (ordinal < 0)
            {
                return Bad(names[i], $"is unknown; the model gives {ModelSchema.Names(schema.Outputs)}");
            }
            (ordinals[i], schemas[i]) = (ordinal, schema.Outputs[ordinal]);
            if (schemas.AsSpan(0, i).Contains(schemas[i]))
            {
                return Bad(names[i], "is requested twice");
            }
        }
        selection = new OutputSelection(schemas, names, ordinals);
        return null;
    }

    private static Refusal Bad(string name, string rule) => Refusal.Invalid($"outputs.{name}", rule);
}

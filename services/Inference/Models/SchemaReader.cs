using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models;

/// <summary>Reads what a session takes and gives. What cannot travel by the Open Inference Protocol is refused here too: the file was checked, the session is what runs.</summary>
internal static class SchemaReader
{
    public static (ModelSchema? Schema, Refusal? Refusal) Read(InferenceSession session)
    {
        var (inputs, badInput) = Tensors("input", session.InputNames, session.InputMetadata);
        var (outputs, badOutput) = Tensors("output", session.OutputNames, session.OutputMetadata);
        if ((badInput ?? badOutput) is { } refusal)
        {
            return (null, refusal);
        }
        var forbidsNaN = session.ModelMetadata.CustomMetadataMap.TryGetValue(ModelCard.AllowNaNKey, out var allowed)
            && string.Equals(allowed, "false", StringComparison.OrdinalIgnoreCase);
        return (new ModelSchema(inputs, outputs, allowNaN: !forbidsNaN), null);
    }

    private static (TensorSchema[] Tensors, Refusal? Refusal) Tensors(
        string kind, IReadOnlyList<string> names, IReadOnlyDictionary<string, NodeMetadata> metadata)
    {
        var tensors = new TensorSchema[names.Count];
        for (var i = 0; i < tensors.Length; i++)
        {
            var node = metadata[names[i]];
            if (node.OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR)
            {
                return (tensors, Bad(kind, names[i], "must be a tensor"));
            }
            if (Datatype.Find(node.ElementDataType) is not { } datatype)
            {
                return (tensors, Bad(kind, names[i], $"has elements of type {node.ElementDataType}, which the Open Inference Protocol does not carry"));
            }
            tensors[i] = new TensorSchema(names[i], datatype, Array.ConvertAll(node.Dimensions, length => (long)length), node.SymbolicDimensions);
        }
        return (tensors, null);
    }

    private static Refusal Bad(string kind, string name, string rule) => Refusal.Invalid($"{kind}s.{name}", rule);
}

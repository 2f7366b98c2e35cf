using System.Runtime.InteropServices;
using ModelOps.Onnx.Schema;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Explanations.Encoding;

/// <summary>The constants of a graph.</summary>
internal sealed class GraphConstants
{
    private readonly Dictionary<string, TensorProto> _tensors = new(StringComparer.Ordinal);

    public GraphConstants(GraphProto graph)
    {
        foreach (var tensor in graph.Initializer)
        {
            _tensors[tensor.Name] = tensor;
        }
        foreach (var node in graph.Node.Where(node => node is { OpType: "Constant", Output.Count: > 0 }))
        {
            if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T is { } value)
            {
                _tensors[node.Output[0]] = value;
            }
        }
    }

    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>The elements of an INT64 tensor; null for a name that is none.</summary>
    public long[]? Integers(string name) =>
        !_tensors.TryGetValue(name, out var tensor) || tensor.DataType != DataType.Int64 ? null
        : tensor.RawData.IsEmpty ? [.. tensor.Int64Data]
        : MemoryMarshal.Cast<byte, long>(tensor.RawData.Span).ToArray();
}

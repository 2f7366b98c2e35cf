using System.Buffers.Binary;
using ModelOps.Onnx.Schema;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Onnx;

/// <summary>
/// A few bytes can ask for a tensor of any size: a runtime folds constants when it loads a model, so a constant shape is
/// an allocation the file chooses. Shapes that come from a request are bounded where requests are checked.
/// </summary>
internal sealed class AllocationCheck(InspectionLimits limits, Refusals refusals)
{
    private readonly TensorCheck _tensors = new(limits, refusals);

    public void Check(GraphProto graph, string path)
    {
        Dictionary<string, TensorProto>? constants = null;
        for (var i = 0; i < graph.Node.Count && !refusals.Full; i++)
        {
            var node = graph.Node[i];
            if (OperatorDomain.Canonical(node.Domain) != OperatorDomain.Default)
            {
                continue;
            }
            switch (node.OpType)
            {
                case "ConstantOfShape" when node.Input.Count > 0:
                    CheckShape(node.Input[0], constants ??= Constants(graph), $"{path}.node[{i}].input[0]");
                    break;
                case "Expand" when node.Input.Count > 1:
                    CheckShape(node.Input[1], constants ??= Constants(graph), $"{path}.node[{i}].input[1]");
                    break;
                case "RandomNormal" or "RandomUniform" when node.Attribute.FirstOrDefault(attribute => attribute.Name == "shape") is { } shape:
                    _tensors.Elements(shape.Ints, $"{path}.node[{i}].shape");
                    break;
            }
        }
    }

    private void CheckShape(string name, Dictionary<string, TensorProto> constants, string path)
    {
        if (constants.TryGetValue(name, out var tensor) && tensor.DataType == DataType.Int64)
        {
            _tensors.Elements(Values(tensor), path);
        }
    }

    private static Dictionary<string, TensorProto> Constants(GraphProto graph)
    {
        var constants = new Dictionary<string, TensorProto>(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializer)
        {
            constants[tensor.Name] = tensor;
        }
        foreach (var node in graph.Node.Where(node => node.OpType == "Constant" && node.Output.Count > 0))
        {
            if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T is { } value)
            {
                constants[node.Output[0]] = value;
            }
            else if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "value_ints") is { } list)
            {
                constants[node.Output[0]] = new TensorProto { DataType = DataType.Int64, Int64Data = { list.Ints } };
            }
        }
        return constants;
    }

    private static IReadOnlyList<long> Values(TensorProto tensor)
    {
        if (tensor.RawData.IsEmpty)
        {
            return tensor.Int64Data;
        }
        var values = new long[tensor.RawData.Length / sizeof(long)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadInt64LittleEndian(tensor.RawData.Span[(i * sizeof(long))..]);
        }
        return values;
    }
}

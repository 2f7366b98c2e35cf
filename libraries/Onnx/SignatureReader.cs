using Google.Protobuf.Collections;
using ModelOps.Onnx.Schema;

namespace ModelOps.Onnx;

/// <summary>Reads what a model takes and gives, and refuses what no inference protocol can carry.</summary>
internal sealed class SignatureReader(InspectionLimits limits, Refusals refusals)
{
    private readonly TensorCheck _tensors = new(limits, refusals);

    public ModelSignature Read(ModelProto model, long opset)
    {
        var graph = model.Graph;
        var initialized = graph.Initializer.Select(tensor => tensor.Name)
            .Concat(graph.SparseInitializer.Select(sparse => sparse.Values?.Name ?? ""))
            .ToHashSet(StringComparer.Ordinal);
        var inputs = ReadAll(graph.Input, "graph.input", initialized);
        var outputs = ReadAll(graph.Output, "graph.output", []);
        for (var i = 0; i < graph.ValueInfo.Count && !refusals.Full; i++)
        {
            if (graph.ValueInfo[i].Type?.TensorType?.Shape is { } shape)
            {
                ReadShape(shape, $"graph.value_info[{i}]");
            }
        }
        return new(inputs, outputs, opset);
    }

    private List<TensorSpec> ReadAll(RepeatedField<ValueInfoProto> values, string path, HashSet<string> initialized)
    {
        var specs = new List<TensorSpec>();
        for (var i = 0; i < values.Count && !refusals.Full; i++)
        {
            if (!initialized.Contains(values[i].Name) && Read(values[i], $"{path}[{i}]") is { } spec)
            {
                specs.Add(spec);
            }
        }
        if (specs.Count > limits.MaxInputs)
        {
            refusals.Add(path, $"may have at most {limits.MaxInputs} entries, it has {specs.Count}");
        }
        else if (specs.Count == 0)
        {
            refusals.Add(path, "must have at least one entry that is a tensor");
        }
        return specs;
    }

    private TensorSpec? Read(ValueInfoProto value, string path)
    {
        if (value.Name.Length > limits.MaxNameLength || value.Name.Any(char.IsControl))
        {
            refusals.Add($"{path}.name", $"must have at most {limits.MaxNameLength} characters, none of them a control character");
            return null;
        }
        if (value.Type?.TensorType is not { } tensor)
        {
            refusals.Add($"{path}.type", NotATensor(value.Type));
            return null;
        }
        if (Datatypes.WireName(tensor.ElemType) is not { } datatype)
        {
            refusals.Add($"{path}.type.elem_type", $"must be a type that the Open Inference Protocol carries, it is {tensor.ElemType}");
            return null;
        }
        if (tensor.Shape is null)
        {
            refusals.Add($"{path}.type.shape", "must be stated; leave variable dimensions without a value");
            return null;
        }
        return ReadShape(tensor.Shape, path) is { } shape ? new(value.Name, datatype, shape) : null;
    }

    private long[]? ReadShape(TensorShapeProto shape, string path)
    {
        var dims = new long[shape.Dim.Count];
        var known = new List<long>();
        for (var i = 0; i < dims.Length; i++)
        {
            var isKnown = shape.Dim[i].ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue;
            dims[i] = isKnown ? shape.Dim[i].DimValue : -1;
            if (isKnown)
            {
                known.Add(dims[i]);
            }
        }
        return _tensors.Elements(known, $"{path}.type.shape") is null ? null : dims;
    }

    private static string NotATensor(TypeProto? type) => type?.ValueCase switch
    {
        TypeProto.ValueOneofCase.SequenceType when type.SequenceType.ElemType?.MapType is not null =>
            "must be a tensor, it is a sequence of maps, as ZipMap makes: export with zipmap=False, so that probabilities are one tensor",
        TypeProto.ValueOneofCase.SequenceType => "must be a tensor, it is a sequence",
        TypeProto.ValueOneofCase.MapType => "must be a tensor, it is a map, as ZipMap makes: export with zipmap=False",
        TypeProto.ValueOneofCase.OptionalType => "must be a tensor, it is an optional value",
        TypeProto.ValueOneofCase.SparseTensorType => "must be a dense tensor, it is a sparse one",
        _ => "must be stated",
    };
}

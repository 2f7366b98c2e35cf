using ModelOps.Onnx.Schema;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Onnx;

/// <summary>Are a tensor's elements in the file, and as many as its dimensions say?</summary>
internal sealed class TensorCheck(InspectionLimits limits, Refusals refusals)
{
    public void Check(TensorProto tensor, string path)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External || tensor.ExternalData.Count > 0)
        {
            RefuseExternal(tensor, path);
            return;
        }
        if (tensor.Segment is not null)
        {
            refusals.Add($"{path}.segment", "is not allowed: a tensor has to be stored whole");
            return;
        }
        if (Elements(tensor.Dims, $"{path}.dims") is { } elements)
        {
            CheckStored(tensor, elements, path);
        }
    }

    public void Check(SparseTensorProto sparse, string path)
    {
        if (sparse.Values is null || sparse.Indices is null)
        {
            refusals.Add(path, "must have values and indices");
            return;
        }
        Check(sparse.Values, $"{path}.values");
        Check(sparse.Indices, $"{path}.indices");
        // ONNX Runtime makes it dense when it loads: the dense size is what counts.
        Elements(sparse.Dims, $"{path}.dims");
        var stored = sparse.Values.Dims.Count == 1 ? sparse.Values.Dims[0] : -1;
        if (stored < 0 || sparse.Indices.Dims.Count is not (1 or 2) || sparse.Indices.Dims[0] != stored || sparse.Indices.DataType != DataType.Int64)
        {
            refusals.Add($"{path}.indices", "must be INT64, with one entry for each of the values, which must be a list");
        }
    }

    /// <summary>Multiplies dimensions without overflow.</summary>
    /// <returns>The number of elements; null when it was refused.</returns>
    public long? Elements(IReadOnlyList<long> dims, string path)
    {
        var elements = (Int128)1;
        for (var i = 0; i < dims.Count; i++)
        {
            if (dims[i] < 0)
            {
                refusals.Add($"{path}[{i}]", $"must not be negative, it is {dims[i]}");
                return null;
            }
            // A zero makes the product zero whatever stands beside it, so every dimension is bounded by itself too.
            elements = dims[i] == 0 ? 0 : elements * dims[i];
            if (elements > limits.MaxTensorElements || dims[i] > limits.MaxTensorElements)
            {
                refusals.Add(path, $"[{string.Join(',', dims.Take(16))}] may make at most {limits.MaxTensorElements} elements");
                return null;
            }
        }
        return (long)elements;
    }

    private void CheckStored(TensorProto tensor, long elements, string path)
    {
        var bits = Datatypes.Bits(tensor.DataType);
        if (bits is null && tensor.DataType != DataType.String)
        {
            refusals.Add($"{path}.data_type", $"must be a type that ONNX defines, it is {(int)tensor.DataType}");
            return;
        }
        if (!tensor.RawData.IsEmpty)
        {
            CheckRaw(tensor, elements, bits, path);
            return;
        }
        var (found, needed) = Datatypes.Typed(tensor, elements);
        if (found != needed)
        {
            refusals.Add(path, $"stores {found} values, its dims [{string.Join(',', tensor.Dims.Take(16))}] need {needed}");
        }
    }

    private void CheckRaw(TensorProto tensor, long elements, int? bits, string path)
    {
        if (bits is null)
        {
            refusals.Add($"{path}.raw_data", "is not allowed for strings");
        }
        else if ((elements * (Int128)bits.Value + 7) / 8 != tensor.RawData.Length)
        {
            refusals.Add(
                $"{path}.raw_data",
                $"has {tensor.RawData.Length} bytes, {elements} elements of {tensor.DataType.ToString().ToUpperInvariant()} need {(elements * (Int128)bits.Value + 7) / 8}");
        }
    }

    private void RefuseExternal(TensorProto tensor, string path)
    {
        var location = tensor.ExternalData.FirstOrDefault(entry => entry.Key == "location")?.Value ?? "";
        var outside = location.StartsWith('/') || location.StartsWith('\\') || location.Contains(':', StringComparison.Ordinal)
            || location.Split('/', '\\').Contains("..");
        refusals.Add(
            $"{path}.external_data",
            outside
                ? "points to a path outside the model: a model is one file with all its weights inside"
                : "is not allowed: a model is one file with all its weights inside");
    }
}

using System.Runtime.InteropServices;
using Google.Protobuf;
using ModelOps.Onnx.Schema;

namespace ModelOps.Onnx;

/// <summary>The attributes of a tree ensemble, or of another operator that has lists, by name; one that is not there is an empty list.</summary>
internal sealed class TreeAttributes(NodeProto node)
{
    private readonly Dictionary<string, AttributeProto> _byName = node.Attribute
        .DistinctBy(attribute => attribute.Name, StringComparer.Ordinal)
        .ToDictionary(attribute => attribute.Name, StringComparer.Ordinal);

    public IReadOnlyList<long> Ints(string name) => _byName.TryGetValue(name, out var attribute) ? attribute.Ints : [];

    public IReadOnlyList<ByteString> Strings(string name) => _byName.TryGetValue(name, out var attribute) ? attribute.Strings : [];

    public long? Int(string name) => _byName.TryGetValue(name, out var attribute) ? attribute.I : null;

    public string? Text(string name) => _byName.TryGetValue(name, out var attribute) ? attribute.S.ToStringUtf8() : null;

    public float? Float(string name) => _byName.TryGetValue(name, out var attribute) ? attribute.F : null;

    /// <summary>A list of floats, or the doubles of the tensor that may stand for it.</summary>
    public IReadOnlyList<double> Numbers(string name)
    {
        if (Tensor($"{name}_as_tensor") is { } tensor)
        {
            return tensor.RawData.IsEmpty ? tensor.DoubleData : MemoryMarshal.Cast<byte, double>(tensor.RawData.Span).ToArray();
        }
        return _byName.TryGetValue(name, out var attribute) ? [.. attribute.Floats.Select(value => (double)value)] : [];
    }

    public TensorProto? Tensor(string name) => _byName.TryGetValue(name, out var attribute) ? attribute.T : null;

    /// <summary>Numbers in a list of floats, or in the tensor that may stand for it when they are doubles.</summary>
    public int FloatCount(string name)
    {
        if (Tensor($"{name}_as_tensor") is { } tensor)
        {
            return tensor.Dims.Count == 1 ? (int)Math.Min(tensor.Dims[0], int.MaxValue) : -1;
        }
        return _byName.TryGetValue(name, out var attribute) ? attribute.Floats.Count : 0;
    }
}

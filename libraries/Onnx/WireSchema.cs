namespace ModelOps.Onnx;

/// <summary>Messages of the file that hold messages.</summary>
internal enum WireMessage
{
    Model, Graph, Node, Attribute, Function, Tensor, SparseTensor, ValueInfo, Type, TensorType, Shape, TypeHolder, MapType, Leaf,
}

/// <summary>Which fields of which messages hold messages, as onnx.proto says.</summary>
internal static class WireSchema
{
    public const int Graph = 7;
    public const int TrainingInfo = 20;

    /// <summary>The wire type of a field of the outermost message; null for a number that ONNX does not define.</summary>
    public static int? ModelWireType(int field) => field switch
    {
        1 or 5 => 0,
        2 or 3 or 4 or 6 or Graph or 8 or 14 or TrainingInfo or 25 or 26 => 2,
        _ => null,
    };

    /// <summary>The message a field holds; null for text, bytes and lists of numbers.</summary>
    public static WireMessage? Child(WireMessage message, int field) => (message, field) switch
    {
        (WireMessage.Model, Graph) => WireMessage.Graph,
        (WireMessage.Model, 25) => WireMessage.Function,
        (WireMessage.Model, 8 or 14) => WireMessage.Leaf,
        (WireMessage.Graph, 1) => WireMessage.Node,
        (WireMessage.Graph, 5) => WireMessage.Tensor,
        (WireMessage.Graph, 15) => WireMessage.SparseTensor,
        (WireMessage.Graph, 11 or 12 or 13) => WireMessage.ValueInfo,
        (WireMessage.Node, 5) => WireMessage.Attribute,
        (WireMessage.Function, 7) => WireMessage.Node,
        (WireMessage.Function, 11) => WireMessage.Attribute,
        (WireMessage.Function, 9) => WireMessage.Leaf,
        (WireMessage.Attribute, 5 or 10) => WireMessage.Tensor,
        (WireMessage.Attribute, 6 or 11) => WireMessage.Graph,
        (WireMessage.Attribute, 22 or 23) => WireMessage.SparseTensor,
        (WireMessage.Attribute, 14 or 15) => WireMessage.Type,
        (WireMessage.SparseTensor, 1 or 2) => WireMessage.Tensor,
        (WireMessage.Tensor, 3 or 13) => WireMessage.Leaf,
        (WireMessage.ValueInfo, 2) => WireMessage.Type,
        (WireMessage.Type, 1 or 8) => WireMessage.TensorType,
        (WireMessage.Type, 4 or 9) => WireMessage.TypeHolder,
        (WireMessage.Type, 5) => WireMessage.MapType,
        (WireMessage.TensorType, 2) => WireMessage.Shape,
        (WireMessage.TypeHolder, 1) => WireMessage.Type,
        (WireMessage.MapType, 2) => WireMessage.Type,
        (WireMessage.Shape, 1) => WireMessage.Leaf,
        _ => null,
    };

    /// <summary>True for lists of variable-length integers, which grow when they are read.</summary>
    public static bool IsPackedInteger(WireMessage message, int field) => (message, field) is
        (WireMessage.Attribute, 8) or (WireMessage.Tensor, 1 or 5 or 7 or 11) or (WireMessage.SparseTensor, 3);
}

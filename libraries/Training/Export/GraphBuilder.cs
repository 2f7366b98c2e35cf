using Google.Protobuf;
using ModelOps.Onnx.Schema;
using static ModelOps.Onnx.Schema.AttributeProto.Types;

namespace ModelOps.Training.Export;

/// <summary>Puts an ONNX graph together, node by node in execution order.</summary>
internal sealed class GraphBuilder(string name)
{
    private const string MlDomain = "ai.onnx.ml";

    /// <summary>Old enough for every runtime in use, new enough for everything exported here.</summary>
    private const int IrVersion = 8;
    private const int Opset = 17;
    private const int MlOpset = 3;

    private readonly GraphProto _graph = new() { Name = name };

    public static AttributeProto Attribute(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    public static AttributeProto Attribute(string name, string value) =>
        new() { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    public static AttributeProto Attribute(string name, float[] values) => new() { Name = name, Type = AttributeType.Floats, Floats = { values } };

    public static AttributeProto Attribute(string name, long[] values) => new() { Name = name, Type = AttributeType.Ints, Ints = { values } };

    public static AttributeProto Attribute(string name, string[] values) =>
        new() { Name = name, Type = AttributeType.Strings, Strings = { values.Select(ByteString.CopyFromUtf8) } };

    /// <summary>Adds an input of shape [N,1].</summary>
    public void Input(string name, TensorProto.Types.DataType type) => _graph.Input.Add(Value(name, type, 1));

    /// <summary>Adds an output of shape [N] or, with a width, [N,width].</summary>
    public void Output(string name, TensorProto.Types.DataType type, int? width = null) => _graph.Output.Add(Value(name, type, width));

    /// <summary>Adds a node of the default domain with one output.</summary>
    /// <returns>The output's name.</returns>
    public string Node(string operation, IEnumerable<string> inputs, string output, params AttributeProto[] attributes)
    {
        _graph.Node.Add(new NodeProto { OpType = operation, Name = output, Input = { inputs }, Output = { output }, Attribute = { attributes } });
        return output;
    }

    /// <summary>Adds a node of the machine-learning domain.</summary>
    public void MlNode(string operation, IEnumerable<string> inputs, string[] outputs, params AttributeProto[] attributes) =>
        _graph.Node.Add(new NodeProto
        {
            OpType = operation,
            Domain = MlDomain,
            Name = outputs[0],
            Input = { inputs },
            Output = { outputs },
            Attribute = { attributes },
        });

    /// <summary>Finishes the model.</summary>
    /// <param name="properties">Named properties, written in ordinal order.</param>
    public ModelProto ToModel(SortedDictionary<string, string> properties) => new()
    {
        IrVersion = IrVersion,
        ProducerName = "ModelOps.Training",
        OpsetImport = { new OperatorSetIdProto { Version = Opset }, new OperatorSetIdProto { Domain = MlDomain, Version = MlOpset } },
        Graph = _graph,
        MetadataProps = { properties.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }) },
    };

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, int? width)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        if (width is { } columns)
        {
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = columns });
        }
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape } } };
    }
}

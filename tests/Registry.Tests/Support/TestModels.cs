using Google.Protobuf;
using ModelOps.Onnx.Schema;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Registry.Tests.Support;

/// <summary>Small ONNX files.</summary>
internal static class TestModels
{
    /// <summary>A model unlike every other one: y = x + w for a number of our own.</summary>
    public static byte[] Make(float weight) => Model(weight).ToByteArray();

    /// <summary>A good model of so many bytes.</summary>
    public static byte[] OfSize(int bytes)
    {
        var model = Model(1);
        model.DocString = "x";
        // Length prefixes grow with the text: aim, look, correct.
        for (var aim = bytes - model.CalculateSize(); model.CalculateSize() != bytes; aim += bytes - model.CalculateSize())
        {
            model.DocString = new string('x', aim);
        }
        return model.ToByteArray();
    }

    public static ModelProto Model(float weight) => new()
    {
        IrVersion = 8,
        OpsetImport = { new OperatorSetIdProto { Version = 17 } },
        Graph = new()
        {
            Name = "add",
            Input = { Value("x") },
            Output = { Value("y") },
            Initializer = { new TensorProto { Name = "w", DataType = DataType.Float, Dims = { 1 }, FloatData = { weight } } },
            Node = { new NodeProto { OpType = "Add", Input = { "x", "w" }, Output = { "y" } } },
        },
    };

    private static ValueInfoProto Value(string name)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" }, new TensorShapeProto.Types.Dimension { DimValue = 1 } } };
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = DataType.Float, Shape = shape } } };
    }
}

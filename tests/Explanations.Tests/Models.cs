using Google.Protobuf;
using ModelOps.Onnx.Schema;
using static ModelOps.Onnx.Schema.AttributeProto.Types;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Explanations.Tests;

/// <summary>Files with one scoring operator, and what a test puts before and behind it.</summary>
internal static class Models
{
    public const string Ml = "ai.onnx.ml";

    public static byte[] Build(IEnumerable<ValueInfoProto> inputs, IEnumerable<NodeProto> nodes, IEnumerable<ValueInfoProto> outputs, params TensorProto[] constants)
    {
        var graph = new GraphProto { Name = "test", Input = { inputs }, Node = { nodes }, Output = { outputs }, Initializer = { constants } };
        return new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Version = 17 }, new OperatorSetIdProto { Domain = Ml, Version = 3 } },
            Graph = graph,
        }.ToByteArray();
    }

    public static NodeProto Node(string domain, string op, string[] inputs, string[] outputs, params AttributeProto[] attributes) =>
        new() { Domain = domain, OpType = op, Input = { inputs }, Output = { outputs }, Attribute = { attributes } };

    public static ValueInfoProto Value(string name, DataType type, params int[] widths)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        shape.Dim.AddRange(widths.Select(width => new TensorShapeProto.Types.Dimension { DimValue = width }));
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = type, Shape = shape } } };
    }

    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    public static AttributeProto Float(string name, float value) => new() { Name = name, Type = AttributeType.Float, F = value };

    public static AttributeProto Text(string name, string value) => new() { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    public static AttributeProto Ints(string name, IEnumerable<long> values) => new() { Name = name, Type = AttributeType.Ints, Ints = { values } };

    public static AttributeProto Floats(string name, IEnumerable<float> values) => new() { Name = name, Type = AttributeType.Floats, Floats = { values } };

    public static AttributeProto Texts(string name, IEnumerable<string> values) =>
        new() { Name = name, Type = AttributeType.Strings, Strings = { values.Select(ByteString.CopyFromUtf8) } };

    /// <summary>A regressor on FP32 `x` [N, columns].</summary>
    public static byte[] Regressor(RandomTrees trees, int columns, params AttributeProto[] attributes) => Build(
        [Value("x", DataType.Float, columns)],
        [Node(Ml, "TreeEnsembleRegressor", ["x"], ["y"], [.. trees.Attributes("target"), .. attributes])],
        [Value("y", DataType.Float, 1)]);

    /// <summary>A classifier on FP32 `x` [N, columns].</summary>
    public static byte[] Classifier(RandomTrees trees, int columns, int classes, params AttributeProto[] attributes) => Build(
        [Value("x", DataType.Float, columns)],
        [
            Node(
                Ml,
                "TreeEnsembleClassifier",
                ["x"],
                ["label", "scores"],
                [.. trees.Attributes("class"), Ints("classlabels_int64s", Enumerable.Range(10, classes).Select(label => (long)label)), .. attributes]),
        ],
        [Value("label", DataType.Int64), Value("scores", DataType.Float, classes)]);
}

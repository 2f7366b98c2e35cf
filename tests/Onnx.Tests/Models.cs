using Google.Protobuf;
using ModelOps.Onnx.Schema;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Onnx.Tests;

/// <summary>Small models, good until a test breaks them.</summary>
internal static class Models
{
    public static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "golden", "models");

    /// <summary>y = x + w, with x [N,3] and w stored.</summary>
    public static ModelProto Add() => new()
    {
        IrVersion = 8,
        OpsetImport = { new OperatorSetIdProto { Version = 17 } },
        Graph = new()
        {
            Name = "add",
            Input = { Value("x", DataType.Float, null, 3) },
            Output = { Value("y", DataType.Float, null, 3) },
            Initializer = { new TensorProto { Name = "w", DataType = DataType.Float, Dims = { 3 }, FloatData = { 1, 2, 3 } } },
            Node = { new NodeProto { Name = "add", OpType = "Add", Input = { "x", "w" }, Output = { "y" } } },
        },
    };

    /// <summary>A stump: class 1 when feature 0 is above 0.5.</summary>
    public static ModelProto Tree() => new()
    {
        IrVersion = 8,
        OpsetImport = { new OperatorSetIdProto { Version = 17 }, new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 3 } },
        Graph = new()
        {
            Name = "tree",
            Input = { Value("x", DataType.Float, null, 2) },
            Output = { Value("label", DataType.Int64, (long?)null), Value("scores", DataType.Float, null, 2) },
            Node =
            {
                new NodeProto
                {
                    OpType = "TreeEnsembleClassifier",
                    Domain = "ai.onnx.ml",
                    Input = { "x" },
                    Output = { "label", "scores" },
                    Attribute =
                    {
                        Ints("nodes_treeids", 0, 0, 0), Ints("nodes_nodeids", 0, 1, 2), Ints("nodes_featureids", 0, 0, 0),
                        Ints("nodes_truenodeids", 1, 0, 0), Ints("nodes_falsenodeids", 2, 0, 0),
                        Floats("nodes_values", 0.5f, 0, 0), Strings("nodes_modes", "BRANCH_LEQ", "LEAF", "LEAF"),
                        Ints("class_treeids", 0, 0), Ints("class_nodeids", 1, 2), Ints("class_ids", 0, 1), Floats("class_weights", 1, 1),
                        Ints("classlabels_int64s", 0, 1),
                    },
                },
            },
        },
    };

    public static ValueInfoProto Value(string name, DataType type, params long?[] dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(dims.Select(dim => dim is { } known
            ? new TensorShapeProto.Types.Dimension { DimValue = known }
            : new TensorShapeProto.Types.Dimension { DimParam = "N" }));
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = type, Shape = shape } } };
    }

    public static AttributeProto Ints(string name, params long[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    public static AttributeProto Floats(string name, params float[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Floats, Floats = { values } };

    public static AttributeProto Strings(string name, params string[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Strings, Strings = { values.Select(ByteString.CopyFromUtf8) } };

    /// <summary>An If whose branches hold another If, and so on.</summary>
    public static ModelProto NestedIf(int depth)
    {
        var model = Add();
        model.Graph.Initializer.Add(new TensorProto { Name = "c", DataType = DataType.Bool, Int32Data = { 1 } });
        model.Graph.Node.Add(If(depth, "z"));
        return model;
    }

    private static NodeProto If(int depth, string output) => new()
    {
        OpType = "If",
        Input = { "c" },
        Output = { output },
        Attribute = { Branch("then_branch", depth, output), Branch("else_branch", depth, output) },
    };

    private static AttributeProto Branch(string name, int depth, string output)
    {
        var graph = new GraphProto { Name = name, Output = { Value($"{output}_", DataType.Float, null, 3) } };
        // Only one branch goes on: the point is depth, and both would double the file at every step.
        graph.Node.Add(depth > 1 && name == "then_branch"
            ? If(depth - 1, $"{output}_")
            : new NodeProto { OpType = "Identity", Input = { "x" }, Output = { $"{output}_" } });
        return new() { Name = name, Type = AttributeProto.Types.AttributeType.Graph, G = graph };
    }
}

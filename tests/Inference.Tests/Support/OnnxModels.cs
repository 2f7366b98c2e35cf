using Google.Protobuf;
using ModelOps.Onnx.Schema;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Inference.Tests.Support;

/// <summary>Small models, each with one property that a test is about.</summary>
internal static partial class OnnxModels
{
    public static readonly DataType[] AllTypes =
    [
        DataType.Bool, DataType.Uint8, DataType.Uint16, DataType.Uint32, DataType.Uint64, DataType.Int8, DataType.Int16, DataType.Int32, DataType.Int64,
        DataType.Float16, DataType.Bfloat16, DataType.Float, DataType.Double, DataType.String,
    ];

    /// <summary>Gives back what it is given: input `x`, output `y`, shape [N,3].</summary>
    public static byte[] Identity(DataType type) => Build(graph =>
    {
        graph.Input.Add(Value("x", type, "N", 3));
        graph.Output.Add(Value("y", type, "N", 3));
        graph.Node.Add(Node("Identity", ["x"], ["y"]));
    });

    /// <summary>sum = a + b and difference = a - b, with a and b FP32 [N,2].</summary>
    public static byte[] SumAndDifference(params (string Key, string Value)[] metadata) => Build(
        graph =>
        {
            graph.Input.Add(Value("a", DataType.Float, "N", 2));
            graph.Input.Add(Value("b", DataType.Float, "N", 2));
            graph.Output.Add(Value("sum", DataType.Float, "N", 2));
            graph.Output.Add(Value("difference", DataType.Float, "N", 2));
            graph.Node.Add(Node("Add", ["a", "b"], ["sum"]));
            graph.Node.Add(Node("Sub", ["a", "b"], ["difference"]));
        },
        metadata);

    /// <summary>Adds a constant to FP32 [N,1]: versions of one model that tell which of them answered.</summary>
    public static byte[] AddConstant(float constant) => Build(graph =>
    {
        graph.Input.Add(Value("x", DataType.Float, "N", 1));
        graph.Output.Add(Value("y", DataType.Float, "N", 1));
        graph.Initializer.Add(new TensorProto { Name = "c", DataType = DataType.Float, Dims = { 1 }, FloatData = { constant } });
        graph.Node.Add(Node("Add", ["x", "c"], ["y"]));
    });

    /// <summary>FP32 [N,S] times two: the second dimension is open too.</summary>
    public static byte[] Doubles() => Build(graph =>
    {
        graph.Input.Add(Value("x", DataType.Float, "N", "S"));
        graph.Output.Add(Value("y", DataType.Float, "N", "S"));
        graph.Node.Add(Node("Add", ["x", "x"], ["y"]));
    });

    /// <summary>sum = a + b, with a and b FP32 [N,T]: the second dimension is open too, and has one length.</summary>
    public static byte[] OpenSum() => Build(graph =>
    {
        graph.Input.Add(Value("a", DataType.Float, "N", "T"));
        graph.Input.Add(Value("b", DataType.Float, "N", "T"));
        graph.Output.Add(Value("sum", DataType.Float, "N", "T"));
        graph.Node.Add(Node("Add", ["a", "b"], ["sum"]));
    });

    /// <summary>FP32 [N,2] less the mean of all rows: its first dimension is no batch dimension, though it looks like one.</summary>
    public static byte[] LessTheMean() => Build(graph =>
    {
        graph.Input.Add(Value("x", DataType.Float, "N", 2));
        graph.Output.Add(Value("y", DataType.Float, "N", 2));
        graph.Node.Add(Node("ReduceMean", ["x"], ["mean"], new AttributeProto { Name = "axes", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 0 } }));
        graph.Node.Add(Node("Sub", ["x", "mean"], ["y"]));
    });

    /// <summary>INT64 [N,2]: whether `x`, FP32, is far above the mean of all rows. Most pairs of rows answer alike alone and together.</summary>
    public static byte[] FarAboveTheMean() => Build(graph =>
    {
        graph.Input.Add(Value("x", DataType.Float, "N", 2));
        graph.Output.Add(Value("y", DataType.Int64, "N", 2));
        graph.Initializer.Add(new TensorProto { Name = "far", DataType = DataType.Float, Dims = { 1 }, FloatData = { 1 } });
        graph.Node.Add(Node("ReduceMean", ["x"], ["mean"], new AttributeProto { Name = "axes", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 0 } }));
        graph.Node.Add(Node("Sub", ["x", "mean"], ["above"]));
        graph.Node.Add(Node("Greater", ["above", "far"], ["is"]));
        graph.Node.Add(Node("Cast", ["is"], ["y"], Int("to", (long)DataType.Int64)));
    });

    /// <summary>Every row answers with the text of the first one: `x` is text [N,1].</summary>
    public static byte[] FirstText() => Build(graph =>
    {
        graph.Input.Add(Value("x", DataType.String, "N", 1));
        graph.Output.Add(Value("y", DataType.String, "N", 1));
        graph.Initializer.Add(new TensorProto { Name = "first", DataType = DataType.Int64, Dims = { 1 }, Int64Data = { 0 } });
        graph.Node.Add(Node("Gather", ["x", "first"], ["row"]));
        graph.Node.Add(Node("Shape", ["x"], ["shape"]));
        graph.Node.Add(Node("Expand", ["row", "shape"], ["y"]));
    });

    /// <summary>One named input per feature, FP32 and text: `label` is INT64 [N], `probabilities` FP32 [N,2] made of the amount alone.</summary>
    public static byte[] NamedFeatures(params (string Key, string Value)[] metadata) => Build(
        graph =>
        {
            graph.Input.Add(Value("amount", DataType.Float, "N", 1));
            graph.Input.Add(Value("channel", DataType.String, "N", 1));
            graph.Output.Add(Value("label", DataType.Int64, "N"));
            graph.Output.Add(Value("probabilities", DataType.Float, "N", 2));
            graph.Output.Add(Value("channel_seen", DataType.String, "N", 1));
            graph.Initializer.Add(new TensorProto { Name = "one", DataType = DataType.Float, Dims = { 1 }, FloatData = { 1 } });
            graph.Node.Add(Node("Sigmoid", ["amount"], ["positive"]));
            graph.Node.Add(Node("Sub", ["one", "positive"], ["negative"]));
            graph.Node.Add(Node("Concat", ["negative", "positive"], ["probabilities"], Int("axis", 1)));
            graph.Node.Add(Node("ArgMax", ["probabilities"], ["label"], Int("axis", 1), Int("keepdims", 0)));
            graph.Node.Add(Node("Identity", ["channel"], ["channel_seen"]));
        },
        [("modelops.algorithm", "logistic_regression"), .. metadata]);

    /// <summary>`label` is the amount itself, FP32 [N,1], as another type; `probabilities`, FP32 [N,3], are 0.5, 0.2 and 0.3 of every row.</summary>
    public static byte[] CastLabel(DataType type, params (string Key, string Value)[] metadata) => Build(
        graph =>
        {
            graph.Input.Add(Value("amount", DataType.Float, "N", 1));
            graph.Output.Add(Value("label", type, "N", 1));
            graph.Output.Add(Value("probabilities", DataType.Float, "N", 3));
            graph.Initializer.Add(new TensorProto { Name = "shares", DataType = DataType.Float, Dims = { 1, 3 }, FloatData = { 0.5f, 0.2f, 0.3f } });
            graph.Node.Add(Node("Cast", ["amount"], ["label"], Int("to", (long)type)));
            graph.Node.Add(Node("Sub", ["amount", "amount"], ["zero"]));
            graph.Node.Add(Node("Add", ["zero", "shares"], ["probabilities"]));
        },
        metadata);

    /// <summary>A matrix FP32 [N,3] that is its own scores; its columns are named.</summary>
    public static byte[] NamedMatrix() => Build(
        graph =>
        {
            graph.Input.Add(Value("x", DataType.Float, "N", 3));
            graph.Output.Add(Value("y", DataType.Float, "N", 3));
            graph.Node.Add(Node("Identity", ["x"], ["y"]));
        },
        ("modelops.features", """["first","second","third"]"""));

    /// <summary>y = log(x): NaN and infinities on demand.</summary>
    public static byte[] Log(DataType type = DataType.Float) => Build(graph =>
    {
        graph.Input.Add(Value("x", type, "N", 3));
        graph.Output.Add(Value("y", type, "N", 3));
        graph.Node.Add(Node("Log", ["x"], ["y"]));
    });

    /// <summary>Picks rows of a table: an index out of range fails while it runs.</summary>
    public static byte[] Gather() => Build(graph =>
    {
        graph.Input.Add(Value("index", DataType.Int64, "N"));
        graph.Output.Add(Value("row", DataType.Float, "N"));
        graph.Initializer.Add(new TensorProto { Name = "table", DataType = DataType.Float, Dims = { 2 }, FloatData = { 10, 20 } });
        graph.Node.Add(Node("Gather", ["table", "index"], ["row"]));
    });

    /// <summary>Picks a row that its table does not have, unless it is given eights or nines.</summary>
    public static byte[] GatherBeyond() => Build(graph =>
    {
        graph.Input.Add(Value("x", DataType.Int64, "N"));
        graph.Output.Add(Value("row", DataType.Float, "N"));
        graph.Initializer.Add(new TensorProto { Name = "table", DataType = DataType.Float, Dims = { 2 }, FloatData = { 10, 20 } });
        graph.Initializer.Add(new TensorProto { Name = "nine", DataType = DataType.Int64, Dims = { 1 }, Int64Data = { 9 } });
        graph.Node.Add(Node("Sub", ["nine", "x"], ["index"]));
        graph.Node.Add(Node("Gather", ["table", "index"], ["row"]));
    });

    /// <summary>A classifier as converters make it by default: its probabilities are a sequence of maps.</summary>
    public static byte[] ZipMap()
    {
        var model = ModelProto.Parser.ParseFrom(Build(graph =>
        {
            graph.Input.Add(Value("x", DataType.Float, "N", 2));
            graph.Node.Add(new NodeProto
            {
                OpType = "ZipMap",
                Domain = "ai.onnx.ml",
                Input = { "x" },
                Output = { "probabilities" },
                Attribute = { new AttributeProto { Name = "classlabels_int64s", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 0, 1 } } },
            });
            graph.Output.Add(new ValueInfoProto
            {
                Name = "probabilities",
                Type = new() { SequenceType = new() { ElemType = new() { MapType = new() { KeyType = DataType.Int64, ValueType = Tensor(DataType.Float) } } } },
            });
        }));
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 3 });
        return model.ToByteArray();
    }

    private static byte[] Build(Action<GraphProto> fill, params (string Key, string Value)[] metadata)
    {
        var graph = new GraphProto { Name = "test" };
        fill(graph);
        var model = new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Version = 17 } }, Graph = graph };
        model.MetadataProps.AddRange(metadata.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        return model.ToByteArray();
    }

    private static NodeProto Node(string op, string[] inputs, string[] outputs, params AttributeProto[] attributes) =>
        new() { OpType = op, Input = { inputs }, Output = { outputs }, Attribute = { attributes } };

    private static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static ValueInfoProto Value(string name, DataType type, params object[] dims) => new() { Name = name, Type = Tensor(type, dims) };

    private static TypeProto Tensor(DataType type, params object[] dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(dims.Select(dim => dim is int length
            ? new TensorShapeProto.Types.Dimension { DimValue = length }
            : new TensorShapeProto.Types.Dimension { DimParam = (string)dim }));
        return new() { TensorType = new() { ElemType = type, Shape = shape } };
    }
}

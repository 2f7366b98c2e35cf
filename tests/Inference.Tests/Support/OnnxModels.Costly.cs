using ModelOps.Onnx.Schema;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Inference.Tests.Support;

/// <summary>Models whose runs take as much time or memory as they are told, or without end.</summary>
internal static partial class OnnxModels
{
    /// <summary>Runs as many rounds as it is told, each on a matrix of 64 by 64; `rounds` is INT64 [1].</summary>
    public static byte[] Rounds() => Build(graph =>
    {
        graph.Input.Add(Value("rounds", DataType.Int64, 1));
        graph.Output.Add(Value("y", DataType.Float, 64, 64));
        AddRounds(graph, "rounds", "y");
    });

    /// <summary>Answers `x`, FP32 [N,1], after the most rounds that a row asks for; `rounds` is INT64 [N,1].</summary>
    public static byte[] RoundsPerRow() => Build(graph =>
    {
        graph.Input.Add(Value("x", DataType.Float, "N", 1));
        graph.Input.Add(Value("rounds", DataType.Int64, "N", 1));
        graph.Output.Add(Value("y", DataType.Float, "N", 1));
        graph.Initializer.Add(new TensorProto { Name = "nothing", DataType = DataType.Float, Dims = { 1 }, FloatData = { 0 } });
        graph.Node.Add(Node("ReduceMax", ["rounds"], ["most"], Int("keepdims", 0)));
        AddRounds(graph, "most", "made");
        graph.Node.Add(Node("ReduceSum", ["made"], ["sum"], Int("keepdims", 0)));
        graph.Node.Add(Node("Mul", ["sum", "nothing"], ["zero"]));
        graph.Node.Add(Node("Add", ["x", "zero"], ["y"]));
    });

    private static void AddRounds(GraphProto graph, string rounds, string result)
    {
        graph.Initializer.Add(new TensorProto { Name = "go", DataType = DataType.Bool, Int32Data = { 1 } });
        var matrix = new TensorProto { Name = "m", DataType = DataType.Float, Dims = { 64, 64 } };
        matrix.FloatData.AddRange(Enumerable.Repeat(1f / 64, 64 * 64));
        graph.Initializer.Add(matrix);
        var body = new GraphProto { Name = "round" };
        body.Input.Add(Value("i", DataType.Int64));
        body.Input.Add(Value("go_in", DataType.Bool));
        body.Input.Add(Value("in", DataType.Float, 64, 64));
        body.Output.Add(Value("go_out", DataType.Bool));
        body.Output.Add(Value("out", DataType.Float, 64, 64));
        body.Node.Add(Node("Identity", ["go_in"], ["go_out"]));
        body.Node.Add(Node("MatMul", ["in", "in"], ["out"]));
        graph.Node.Add(Node("Loop", [rounds, "go", "m"], [result], new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = body }));
    }

    /// <summary>Never ends, whatever it is given: `x` FP32 [N,1].</summary>
    public static byte[] Endless() => Build(graph =>
    {
        graph.Input.Add(Value("x", DataType.Float, "N", 1));
        graph.Output.Add(Value("y", DataType.Float, "N", 1));
        graph.Initializer.Add(new TensorProto { Name = "go", DataType = DataType.Bool, Int32Data = { 1 } });
        var body = new GraphProto { Name = "round" };
        body.Input.Add(Value("i", DataType.Int64));
        body.Input.Add(Value("go_in", DataType.Bool));
        body.Input.Add(Value("in", DataType.Float, "N", 1));
        body.Output.Add(Value("go_out", DataType.Bool));
        body.Output.Add(Value("out", DataType.Float, "N", 1));
        body.Node.Add(Node("Identity", ["go_in"], ["go_out"]));
        body.Node.Add(Node("Sigmoid", ["in"], ["out"]));
        graph.Node.Add(Node("Loop", ["", "go", "x"], ["y"], new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = body }));
    });

    /// <summary>Multiplies matrices of ones that it makes itself, one after the other: that is done while it is loaded.</summary>
    public static byte[] Laborious(int size, int products) => Build(graph =>
    {
        graph.Input.Add(Value("x", DataType.Float, "N", 1));
        graph.Output.Add(Value("y", DataType.Float, "N", size));
        graph.Initializer.Add(new TensorProto { Name = "size", DataType = DataType.Int64, Dims = { 2 }, Int64Data = { size, size } });
        graph.Node.Add(Node("ConstantOfShape", ["size"], ["m0"]));
        for (var i = 0; i < products; i++)
        {
            graph.Node.Add(Node("MatMul", [$"m{i}", "m0"], [$"m{i + 1}"]));
        }
        graph.Node.Add(Node("ReduceSum", [$"m{products}"], ["sum"], Int("keepdims", 0)));
        graph.Node.Add(Node("Add", ["x", "sum"], ["y"]));
    });

    /// <summary>As large as it is told: `size` is INT64 [1].</summary>
    public static byte[] Inflate() => Build(graph =>
    {
        graph.Input.Add(Value("size", DataType.Int64, 1));
        graph.Output.Add(Value("y", DataType.Float, "N"));
        graph.Node.Add(Node("ConstantOfShape", ["size"], ["y"]));
    });

    /// <summary>Takes as much memory as `size`, INT64 [1], says, in floats, and puts out their sum.</summary>
    public static byte[] Swell() => Build(graph =>
    {
        graph.Input.Add(Value("size", DataType.Int64, 1));
        graph.Output.Add(Value("y", DataType.Float));
        graph.Node.Add(Node("ConstantOfShape", ["size"], ["many"]));
        graph.Node.Add(Node("ReduceSum", ["many"], ["y"], Int("keepdims", 0)));
    });
}

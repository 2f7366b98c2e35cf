using System.Runtime.InteropServices;
using Google.Protobuf;
using ModelOps.Onnx.Schema;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Bench.Serving;

/// <summary>Models that are too large to keep in the repository, made with seeded weights when they are needed.</summary>
internal static class MadeModels
{
    /// <summary>Of every layer of the wide MLP.</summary>
    public const int Width = 1024;

    /// <summary>Length of the transformer block's sequence.</summary>
    public const int Tokens = 128;

    /// <summary>Width of one token.</summary>
    public const int ModelWidth = 512;

    private const int Heads = 8;
    private const int Hidden = 4 * ModelWidth;

    /// <summary>Two layers of 1024 x 1024 and a small head: FP32 `input` [N,1024], `output` [N,10].</summary>
    public static byte[] WideMlp()
    {
        const int classes = 10;
        var graph = new Builder();
        var first = graph.Relu(graph.Linear("input", Width, Width));
        var second = graph.Relu(graph.Linear(first, Width, Width));
        graph.Node("Identity", [graph.Linear(second, Width, classes)], "output");
        return graph.Model(("input", ["N", Width]), ("output", ["N", classes]));
    }

    /// <summary>Attention and feed-forward with their residuals and norms: FP32 `tokens` [N,128,512] to `output` of that shape.</summary>
    public static byte[] TransformerBlock()
    {
        var graph = new Builder();
        var attended = graph.Norm(graph.Add("tokens", Attention(graph, "tokens")), ModelWidth);
        var fed = graph.Linear(graph.Relu(graph.Linear(attended, ModelWidth, Hidden)), Hidden, ModelWidth);
        graph.Node("Identity", [graph.Norm(graph.Add(attended, fed), ModelWidth)], "output");
        return graph.Model(("tokens", ["N", Tokens, ModelWidth]), ("output", ["N", Tokens, ModelWidth]));
    }

    private static string Attention(Builder graph, string tokens)
    {
        var split = graph.Shape(0, Tokens, Heads, ModelWidth / Heads);
        string Projected(long[] order) =>
            graph.Node("Transpose", [graph.Node("Reshape", [graph.Linear(tokens, ModelWidth, ModelWidth), split])], attributes: Builder.Ints("perm", order));
        var (queries, keys, values) = (Projected([0, 2, 1, 3]), Projected([0, 2, 3, 1]), Projected([0, 2, 1, 3]));
        var scale = graph.Constant([], [(float)(1 / Math.Sqrt((double)ModelWidth / Heads))]);
        var weights = graph.Node("Softmax", [graph.Node("Mul", [graph.Node("MatMul", [queries, keys]), scale])], attributes: Builder.Int("axis", -1));
        var mixed = graph.Node("Transpose", [graph.Node("MatMul", [weights, values])], attributes: Builder.Ints("perm", [0, 2, 1, 3]));
        return graph.Linear(graph.Node("Reshape", [mixed, graph.Shape(0, Tokens, ModelWidth)]), ModelWidth, ModelWidth);
    }

    private sealed class Builder
    {
        private readonly GraphProto _graph = new() { Name = "bench" };
        private readonly Random _random = new(1);

        public string Linear(string x, int from, int to)
        {
            var product = Node("MatMul", [x, Constant([from, to], SeededRows.Normals(_random, from * to, 1 / Math.Sqrt(from)))]);
            return Add(product, Constant([to], SeededRows.Normals(_random, to, 0.1)));
        }

        public string Relu(string x) => Node("Relu", [x]);

        public string Add(string a, string b) => Node("Add", [a, b]);

        public string Norm(string x, int width) => Node(
            "LayerNormalization",
            [x, Constant([width], [.. Enumerable.Repeat(1f, width)]), Constant([width], new float[width])],
            attributes: Int("axis", -1));

        public string Shape(params long[] lengths)
        {
            var tensor = new TensorProto { Name = NewName(), DataType = DataType.Int64, Dims = { lengths.Length }, Int64Data = { lengths } };
            _graph.Initializer.Add(tensor);
            return tensor.Name;
        }

        public string Constant(long[] shape, float[] values)
        {
            var raw = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));
            var tensor = new TensorProto { Name = NewName(), DataType = DataType.Float, Dims = { shape }, RawData = raw };
            _graph.Initializer.Add(tensor);
            return tensor.Name;
        }

        public string Node(string op, string[] inputs, string? output = null, params AttributeProto[] attributes)
        {
            output ??= NewName();
            _graph.Node.Add(new NodeProto { OpType = op, Input = { inputs }, Output = { output }, Attribute = { attributes } });
            return output;
        }

        public byte[] Model((string Name, object[] Shape) input, (string Name, object[] Shape) output)
        {
            _graph.Input.Add(Value(input.Name, input.Shape));
            _graph.Output.Add(Value(output.Name, output.Shape));
            return new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Version = 17 } }, Graph = _graph }.ToByteArray();
        }

        public static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

        public static AttributeProto Ints(string name, long[] values) =>
            new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

        private string NewName() => $"t{_graph.Node.Count + _graph.Initializer.Count}";

        private static ValueInfoProto Value(string name, object[] dimensions)
        {
            var shape = new TensorShapeProto();
            shape.Dim.AddRange(dimensions.Select(dimension => dimension is int length
                ? new TensorShapeProto.Types.Dimension { DimValue = length }
                : new TensorShapeProto.Types.Dimension { DimParam = (string)dimension }));
            return new() { Name = name, Type = new() { TensorType = new() { ElemType = DataType.Float, Shape = shape } } };
        }
    }
}

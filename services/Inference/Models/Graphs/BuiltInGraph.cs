using Google.Protobuf;
using ModelOps.Inference.Tensors;
using ModelOps.Onnx;
using ModelOps.Onnx.Schema;
using ModelOps.Serving;
using static ModelOps.Onnx.Schema.AttributeProto.Types;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Inference.Models.Graphs;

/// <summary>Writes a built-in step as a small ONNX model, so that every step runs in the same way.</summary>
internal static class BuiltInGraph
{
    private const string Input = GraphRules.BuiltInInput;
    private const string Output = GraphRules.BuiltInOutput;

    /// <summary>What a step takes when its input is one of the version's own, so that nothing else says it.</summary>
    public static (Datatype Datatype, long[] Shape) Alone(StepConfiguration step) => step switch
    {
        { Scale: { } scale } => (Datatype.Fp32, [-1, Math.Max(scale.Mean.Count, scale.Min.Count)]),
        { Encode: { } encode } => (encode.Texts.Count > 0 ? Datatype.Bytes : Datatype.Int64, [-1, 1]),
        { Threshold: not null } => (Datatype.Fp32, [-1]),
        _ => (Datatype.Int64, [-1]),
    };

    /// <summary>Writes a step for an input of a type.</summary>
    /// <param name="step">A built-in step.</param>
    /// <param name="datatype">Type of its input.</param>
    /// <param name="shape">Dimensions of its input; -1 stands for a variable one.</param>
    /// <param name="rule">Why the step cannot take such an input; null when it can.</param>
    public static byte[]? Write(StepConfiguration step, Datatype datatype, long[] shape, out string? rule)
    {
        var graph = new GraphProto { Name = step.Name.Length > 0 ? step.Name : "step" };
        graph.Input.Add(Value(Input, Type(datatype), shape));
        rule = step switch
        {
            { Scale: { } scale } => Scale(graph, scale, datatype, shape),
            { Encode: { } encode } => Encode(graph, encode, datatype, shape),
            { Threshold: { } threshold } => Threshold(graph, threshold, datatype, shape),
            _ => Map(graph, step.LabelMap!, datatype, shape),
        };
        return rule is not null ? null : new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Version = 17 }, new OperatorSetIdProto { Domain = OperatorDomain.MachineLearning, Version = 3 } },
            Graph = graph,
        }.ToByteArray();
    }

    private static string? Scale(GraphProto graph, ScaleStep scale, Datatype datatype, long[] shape)
    {
        var columns = Math.Max(scale.Mean.Count, scale.Min.Count);
        if (datatype.Size == 0 || ReferenceEquals(datatype, Datatype.Bool))
        {
            return $"must be numbers to be scaled, they are {datatype.Name}";
        }
        if (columns > 1 && (shape.Length == 0 || (shape[^1] >= 0 && shape[^1] != columns)))
        {
            return $"must have {columns} columns to be scaled, its shape is {TensorShape.Text(shape)}";
        }
        var type = ReferenceEquals(datatype, Datatype.Fp64) ? DataType.Double : DataType.Float;
        var widths = scale.Min.Zip(scale.Max, (min, max) => max - min);
        graph.Initializer.Add(Numbers("offset", type, [.. scale.Mean, .. scale.Min]));
        graph.Initializer.Add(Numbers("width", type, [.. scale.Std, .. widths]));
        graph.Node.Add(Node("", "Cast", [Input], "number", Int("to", (long)type)));
        graph.Node.Add(Node("", "Sub", ["number", "offset"], "shifted"));
        graph.Node.Add(Node("", "Div", ["shifted", "width"], Output));
        graph.Output.Add(Value(Output, type, shape));
        return null;
    }

    private static string? Encode(GraphProto graph, EncodeStep encode, Datatype datatype, long[] shape)
    {
        var isText = encode.Texts.Count > 0;
        var isInteger = ReferenceEquals(datatype, Datatype.Int64) || ReferenceEquals(datatype, Datatype.Int32);
        if (isText ? datatype.Size != 0 : !isInteger)
        {
            return $"must be {(isText ? "BYTES" : "INT64 or INT32")} to be encoded, it is {datatype.Name}";
        }
        var count = isText ? encode.Texts.Count : encode.Integers.Count;
        graph.Node.Add(isText ? Node("", "Identity", [Input], "value") : Node("", "Cast", [Input], "value", Int("to", (long)DataType.Int64)));
        if (encode.Kind == EncodingKind.OneHot)
        {
            if (shape is not ([_] or [_, > 0]))
            {
                return $"must have one dimension, or two of which the second is fixed, to be encoded, its shape is {TensorShape.Text(shape)}";
            }
            graph.Node.Add(Node(
                OperatorDomain.MachineLearning, "OneHotEncoder", ["value"], "indicators",
                isText ? Texts("cats_strings", encode.Texts) : Ints("cats_int64s", encode.Integers),
                Int("zeros", encode.Unknown == UnknownCategory.Ignore ? 1 : 0)));
            graph.Node.Add(Node("", "Flatten", ["indicators"], Output, Int("axis", 1)));
            graph.Output.Add(Value(Output, DataType.Float, [shape[0], count * (shape.Length == 2 ? shape[1] : 1)]));
            return null;
        }
        graph.Node.Add(Node(
            OperatorDomain.MachineLearning, "LabelEncoder", ["value"], "place",
            isText ? Texts("keys_strings", encode.Texts) : Ints("keys_int64s", encode.Integers),
            Ints("values_int64s", [.. Enumerable.Range(0, count).Select(place => (long)place)]),
            Int("default_int64", encode.Unknown == UnknownCategory.Ignore ? -1 : count)));
        // The place behind the last one is in no table: taking it makes the run fail, and with it the request.
        graph.Initializer.Add(Integers("places", [.. Enumerable.Range(0, count).Select(place => (long)place)]));
        graph.Node.Add(encode.Unknown == UnknownCategory.Ignore ? Node("", "Identity", ["place"], Output) : Node("", "Gather", ["places", "place"], Output));
        graph.Output.Add(Value(Output, DataType.Int64, shape));
        return null;
    }

    private static string? Threshold(GraphProto graph, ThresholdStep threshold, Datatype datatype, long[] shape)
    {
        if (!datatype.IsFloatingPoint)
        {
            return $"must be floating point to be compared with a cut, it is {datatype.Name}";
        }
        if (shape is not ([_] or [_, _]) || (threshold.Column >= shape.ElementAtOrDefault(1) && shape is not [_, -1] && threshold.Column > 0))
        {
            return $"must be [N], or [N, classes] with class {threshold.Column} among them, to be compared with a cut, its shape is {TensorShape.Text(shape)}";
        }
        // In the probability's own precision: 0.7 is then at least 0.7.
        var type = ReferenceEquals(datatype, Datatype.Fp64) ? DataType.Double : DataType.Float;
        graph.Node.Add(Node("", "Cast", [Input], "number", Int("to", (long)type)));
        graph.Initializer.Add(new TensorProto { Name = "column", DataType = DataType.Int64, Int64Data = { threshold.Column } });
        graph.Initializer.Add(Numbers("cut", type, [threshold.Cut]));
        graph.Node.Add(shape.Length == 2
            ? Node("", "Gather", ["number", "column"], "probability", Int("axis", 1))
            : Node("", "Identity", ["number"], "probability"));
        graph.Node.Add(Node("", "GreaterOrEqual", ["probability", "cut"], "is_positive"));
        graph.Node.Add(Node("", "Cast", ["is_positive"], Output, Int("to", (long)DataType.Int64)));
        graph.Output.Add(Value(Output, DataType.Int64, [shape[0]]));
        return null;
    }

    private static string? Map(GraphProto graph, LabelMapStep map, Datatype datatype, long[] shape)
    {
        if (datatype.Size == 0 || datatype.IsFloatingPoint)
        {
            return $"must be integers to be mapped to labels, they are {datatype.Name}";
        }
        graph.Node.Add(Node("", "Cast", [Input], "index", Int("to", (long)DataType.Int64)));
        graph.Node.Add(Node(
            OperatorDomain.MachineLearning, "LabelEncoder", ["index"], Output,
            Ints("keys_int64s", [.. Enumerable.Range(0, map.Labels.Count).Select(index => (long)index)]),
            Texts("values_strings", map.Labels),
            new AttributeProto { Name = "default_string", Type = AttributeType.String, S = ByteString.CopyFromUtf8(map.Other) }));
        graph.Output.Add(Value(Output, DataType.String, shape));
        return null;
    }

    private static NodeProto Node(string domain, string operation, string[] inputs, string output, params AttributeProto[] attributes) =>
        new() { Domain = domain, OpType = operation, Name = output, Input = { inputs }, Output = { output }, Attribute = { attributes } };

    private static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    private static AttributeProto Ints(string name, IEnumerable<long> values) => new() { Name = name, Type = AttributeType.Ints, Ints = { values } };

    private static AttributeProto Texts(string name, IEnumerable<string> values) =>
        new() { Name = name, Type = AttributeType.Strings, Strings = { values.Select(ByteString.CopyFromUtf8) } };

    private static TensorProto Integers(string name, long[] values) => new() { Name = name, DataType = DataType.Int64, Dims = { values.Length }, Int64Data = { values } };

    private static TensorProto Numbers(string name, DataType type, double[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = type, Dims = { values.Length } };
        if (type == DataType.Double)
        {
            tensor.DoubleData.AddRange(values);
        }
        else
        {
            tensor.FloatData.AddRange(values.Select(value => (float)value));
        }
        return tensor;
    }

    private static ValueInfoProto Value(string name, DataType type, long[] shape)
    {
        var proto = new TensorShapeProto();
        foreach (var (axis, length) in shape.Index())
        {
            proto.Dim.Add(length >= 0 ? new TensorShapeProto.Types.Dimension { DimValue = length } : axis == 0 ? new() { DimParam = "N" } : new());
        }
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = type, Shape = proto } } };
    }

    /// <summary>ONNX's number of a type; both enumerations are ONNX's.</summary>
    private static DataType Type(Datatype datatype) => (DataType)(int)datatype.ElementType;
}

using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Inference.Models.Graphs;
using ModelOps.Inference.Tensors;
using ModelOps.Onnx;
using ModelOps.Serving;

namespace ModelOps.Inference.Tests.Models.Graphs;

/// <summary>Built-in steps compute what their configuration says, in ONNX Runtime.</summary>
public sealed class BuiltInGraphTests
{
    private static readonly string[] Texts = ["shop", "online", "?"];

    [Fact]
    public void Scaling_subtracts_and_divides_by_column()
    {
        var standard = Step(new ScaleStep { Mean = [1, 2], Std = [0.5, 4] });
        var range = Step(new ScaleStep { Min = [-10], Max = [30] });

        Assert.Equal([0f, -0.5f, 4f, 0.25f], Run<float>(standard, Datatype.Fp32, [-1, 2], Floats(2, 1, 0, 3, 3)));
        Assert.Equal([0.25f, 0.5f, 1f, 0f], Run<float>(range, Datatype.Fp32, [-1, 2], Floats(2, 0, 10, 30, -10)));
        Assert.Equal([2.0, 0.75], Run<double>(standard, Datatype.Fp64, [-1, 2], NamedOnnxValue.CreateFromTensor("input", new DenseTensor<double>((double[])[2, 5], [1, 2]))));
        Assert.Equal([4f, -0.25f], Run<float>(standard, Datatype.Int64, [-1, 2], NamedOnnxValue.CreateFromTensor("input", new DenseTensor<long>((long[])[3, 1], [1, 2]))));
    }

    [Fact]
    public void One_hot_gives_a_column_a_category_and_none_to_what_it_does_not_know()
    {
        var texts = Step(new EncodeStep { Texts = ["online", "shop"] });
        var integers = Step(new EncodeStep { Integers = [7, 9, 8] });

        Assert.Equal([0f, 1, 1, 0, 0, 0], Run<float>(texts, Datatype.Bytes, [-1, 1], Strings()));
        Assert.Equal([0f, 1, 0, 0, 0, 0], Run<float>(integers, Datatype.Int64, [-1], NamedOnnxValue.CreateFromTensor("input", new DenseTensor<long>((long[])[9, 1], [2]))));
    }

    [Fact]
    public void Ordinals_are_places_and_what_is_not_known_is_minus_one()
    {
        var step = Step(new EncodeStep { Kind = EncodingKind.Ordinal, Texts = ["online", "shop"] });

        Assert.Equal([1L, 0, -1], Run<long>(step, Datatype.Bytes, [-1, 1], Strings()));
    }

    [Theory, InlineData(EncodingKind.OneHot), InlineData(EncodingKind.Ordinal)]
    public void A_category_that_is_not_known_makes_the_run_fail_where_it_is_to_be_refused(EncodingKind kind)
    {
        var step = Step(new EncodeStep { Kind = kind, Texts = ["online", "shop"], Unknown = UnknownCategory.Reject });

        Assert.Throws<OnnxRuntimeException>(() => Run<long>(step, Datatype.Bytes, [-1, 1], Strings()));
    }

    [Fact]
    public void A_probability_that_reaches_the_cut_is_one()
    {
        var last = new StepConfiguration { Name = "s", Threshold = new() { Cut = 0.7 } };
        var first = new StepConfiguration { Name = "s", Threshold = new() { Cut = 0.7, Column = 0 } };

        Assert.Equal([1L, 0, 0], Run<long>(last, Datatype.Fp32, [-1], NamedOnnxValue.CreateFromTensor("input", new DenseTensor<float>(new[] { 0.7f, 0.69f, float.NaN }, [3]))));
        Assert.Equal([1L, 0], Run<long>(last, Datatype.Fp32, [-1, 2], Floats(2, 0.2f, 0.8f, 0.8f, 0.2f)));
        Assert.Equal([0L, 1], Run<long>(first, Datatype.Fp32, [-1, 2], Floats(2, 0.2f, 0.8f, 0.8f, 0.2f)));
    }

    [Fact]
    public void An_index_becomes_its_label()
    {
        var step = new StepConfiguration { Name = "s", LabelMap = new() { Labels = ["good", "fraud"], Other = "neither" } };

        Assert.Equal(["fraud", "good", "neither"], Run<string>(step, Datatype.Int64, [-1], NamedOnnxValue.CreateFromTensor("input", new DenseTensor<long>(new[] { 1L, 0, 2 }, [3]))));
    }

    [Fact]
    public void An_input_that_a_step_cannot_take_is_refused_with_the_rule()
    {
        Assert.Equal("must be numbers to be scaled, they are BYTES", Rule(Step(new ScaleStep { Mean = [1], Std = [1] }), Datatype.Bytes, [-1]));
        Assert.Equal("must have 2 columns to be scaled, its shape is [-1,3]", Rule(Step(new ScaleStep { Mean = [1, 2], Std = [1, 1] }), Datatype.Fp32, [-1, 3]));
        Assert.Equal("must be BYTES to be encoded, it is FP32", Rule(Step(new EncodeStep { Texts = ["a"] }), Datatype.Fp32, [-1, 1]));
        Assert.Equal("must be floating point to be compared with a cut, it is INT64", Rule(new() { Name = "s", Threshold = new() }, Datatype.Int64, [-1]));
        Assert.Equal("must be [N], or [N, classes] with class 2 among them, to be compared with a cut, its shape is [-1,2]", Rule(new() { Name = "s", Threshold = new() { Column = 2 } }, Datatype.Fp32, [-1, 2]));
        Assert.Equal("must be integers to be mapped to labels, they are FP32", Rule(new() { Name = "s", LabelMap = new() { Labels = ["a"] } }, Datatype.Fp32, [-1]));
    }

    private static StepConfiguration Step(ScaleStep scale) => new() { Name = "s", Scale = scale };

    private static StepConfiguration Step(EncodeStep encode) => new() { Name = "s", Encode = encode };

    private static NamedOnnxValue Floats(int columns, params float[] values) =>
        NamedOnnxValue.CreateFromTensor("input", new DenseTensor<float>(values, [values.Length / columns, columns]));

    private static NamedOnnxValue Strings() => NamedOnnxValue.CreateFromTensor("input", new DenseTensor<string>(Texts, [3, 1]));

    private static string? Rule(StepConfiguration step, Datatype datatype, long[] shape)
    {
        Assert.Null(BuiltInGraph.Write(step, datatype, shape, out var rule));
        return rule;
    }

    private static T[] Run<T>(StepConfiguration step, Datatype datatype, long[] shape, NamedOnnxValue input)
    {
        var onnx = BuiltInGraph.Write(step, datatype, shape, out var rule);
        Assert.Null(rule);
        Assert.Empty(new ModelInspector().Inspect(onnx!).Refusals);
        using var session = new InferenceSession(onnx);
        using var results = session.Run([input]);
        return [.. results.Single().AsTensor<T>()];
    }
}

using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Onnx.Schema;
using ModelOps.Training.Data;
using ModelOps.Training.Export;
using ModelOps.Training.Linear;
using ModelOps.Training.Trees;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Explanations.Tests;

/// <summary>Explanations in terms of a graph's named inputs, whatever encodes them inside.</summary>
public sealed class EncodingTests
{
    private static readonly string[] Colors = ["red", "green", "blue", "none of these"];
    private static readonly TrainingTable Table = Make();

    [Fact]
    public void Exported_trees_are_explained_by_feature()
    {
        var model = GradientBoostedTrees.Train(Table, new BoostingOptions { MinSamplesLeaf = 5 }, CancellationToken.None);

        var explainer = Same(BoostedTreesOnnx.Export(model));

        Assert.Equal((ScoreKind.LogOdds, Baseline.TrainingData), (explainer.Kind, explainer.Baseline));
    }

    [Fact]
    public void An_exported_logistic_regression_is_explained_by_feature_against_the_means_of_its_training_data()
    {
        var model = LogisticRegression.Train(Table, new LogisticOptions(), CancellationToken.None);

        var explainer = Same(LogisticModelOnnx.Export(model), withNaN: false);

        Assert.Equal((ScoreKind.LogOdds, Baseline.TrainingData), (explainer.Kind, explainer.Baseline));
        var sum = new double[3];
        for (var row = 0; row < Table.RowCount; row++)
        {
            FeatureValue[] values = [new(Table.Numeric(0)[row]), new(0, ((CategoricalColumn)Table.Columns[1]).Categories[Table.Codes(1)[row]]), new(Table.Numeric(2)[row])];
            var contributions = explainer.Explain(values, CancellationToken.None).Contributions;
            Assert.Equal(model.Coefficients[0] * (Table.Numeric(0)[row] - model.Standardizations[0]!.Value.Mean) * model.Standardizations[0]!.Value.Scale, contributions[0], 1e-4);
            sum = [.. sum.Zip(contributions, (total, value) => total + value)];
        }
        // Distances from a mean cancel out over the rows it is the mean of.
        Assert.All(sum, total => Assert.InRange(total / Table.RowCount, -1e-4, 1e-4));
    }

    [Fact]
    public void Imputer_scaler_cast_reshape_and_integer_one_hot_are_followed()
    {
        var trees = new RandomTrees(21, trees: 8, depth: 6, columns: 6);
        var onnx = Models.Build(
            [Models.Value("pair", DataType.Float, 2), Models.Value("count", DataType.Int64), Models.Value("day", DataType.Int64, 1)],
            [
                Models.Node(Models.Ml, "Imputer", ["pair"], ["filled"], Models.Floats("imputed_value_floats", [2, 3]), Models.Float("replaced_value_float", float.NaN)),
                Models.Node(Models.Ml, "Scaler", ["filled"], ["scaled"], Models.Floats("offset", [0.1f, 0.3f]), Models.Floats("scale", [1.7f, 0.9f])),
                Models.Node("", "Reshape", ["count", "column"], ["count_column"]),
                Models.Node("", "Cast", ["count_column"], ["count_float"], Models.Int("to", (long)DataType.Float)),
                Models.Node(Models.Ml, "OneHotEncoder", ["day"], ["day_cube"], Models.Ints("cats_int64s", [1, 2, 3]), Models.Int("zeros", 1)),
                Models.Node("", "Flatten", ["day_cube"], ["day_columns"], Models.Int("axis", 1)),
                Models.Node("", "Concat", ["scaled", "count_float", "day_columns"], ["matrix"], Models.Int("axis", 1)),
                Models.Node(Models.Ml, "TreeEnsembleRegressor", ["matrix"], ["y"], [.. trees.Attributes("target"), Models.Int("n_targets", 1)]),
            ],
            [Models.Value("y", DataType.Float, 1)],
            new TensorProto { Name = "column", DataType = DataType.Int64, Dims = { 2 }, Int64Data = { -1, 1 } });
        using var session = new InferenceSession(onnx);
        var explainer = ModelExplainer.Create(onnx).Explainer!;
        var random = new Random(5);

        for (var round = 0; round < 50; round++)
        {
            var (pair, count, day) = (RandomTrees.Row(random, 2), random.Next(5), random.Next(5));
            var expected = OnnxRun.Scores(
                session,
                "y",
                NamedOnnxValue.CreateFromTensor("pair", new DenseTensor<float>(pair, [1, 2])),
                NamedOnnxValue.CreateFromTensor("count", new DenseTensor<long>(new long[] { count }, [1])),
                NamedOnnxValue.CreateFromTensor("day", new DenseTensor<long>(new long[] { day }, [1, 1])));
            var explanation = explainer.Explain([new(pair[0]), new(pair[1]), new(count), new(day)], CancellationToken.None);
            Assert.Equal(expected[0], explanation.Score, 1e-4);
            Assert.Equal(explanation.Score, explanation.ExpectedValue + explanation.Contributions.Sum(), 1e-9);
        }
        Assert.Equal([new("pair", 0, false), new("pair", 1, false), new("count", 0, false), new ModelFeature("day", 0, false)], explainer.Features);
    }

    [Fact]
    public void Linear_contributions_are_coefficient_times_distance_from_the_mean()
    {
        var onnx = Models.Build(
            [Models.Value("x", DataType.Float, 2)],
            [Models.Node(Models.Ml, "LinearRegressor", ["x"], ["y"], Models.Floats("coefficients", [2, -3]), Models.Floats("intercepts", [0.5f]))],
            [Models.Value("y", DataType.Float, 1)]);
        FeatureValue[][] background = [[new(0), new(1)], [new(2), new(5)]];

        var explanation = ModelExplainer.Create(onnx, background).Explainer!.Explain([new(4), new(4)], CancellationToken.None);

        Assert.Equal([2 * (4 - 1.0), -3 * (4 - 3.0)], explanation.Contributions);
        Assert.Equal((2 - 9 + 0.5, 8 - 12 + 0.5), (explanation.ExpectedValue, explanation.Score));
    }

    /// <summary>Sums are the log odds that ONNX Runtime's probabilities stand for.</summary>
    private static ModelExplainer Same(byte[] onnx, bool withNaN = true)
    {
        using var session = new InferenceSession(onnx);
        var explainer = ModelExplainer.Create(onnx).Explainer!;
        var random = new Random(3);
        for (var round = 0; round < 100; round++)
        {
            var (size, color, age) = (withNaN && round % 9 == 0 ? float.NaN : random.NextSingle(), Colors[random.Next(Colors.Length)], random.NextSingle() * 50);
            var probabilities = OnnxRun.Scores(
                session,
                "probabilities",
                NamedOnnxValue.CreateFromTensor("size", new DenseTensor<float>(new[] { size }, [1, 1])),
                NamedOnnxValue.CreateFromTensor("color", new DenseTensor<string>(new[] { color }, [1, 1])),
                NamedOnnxValue.CreateFromTensor("age", new DenseTensor<float>(new[] { age }, [1, 1])));
            var explanation = explainer.Explain([new(size), new(0, color), new(age)], CancellationToken.None);
            Assert.Equal(probabilities[1], 1 / (1 + Math.Exp(-explanation.Score)), 1e-5);
            Assert.Equal(explanation.Score, explanation.ExpectedValue + explanation.Contributions.Sum(), 1e-9);
            Assert.Equal("1", explanation.Class);
        }
        Assert.Equal(["size", "color", "age"], explainer.Features.Select(feature => feature.Input));
        return explainer;
    }

    private static TrainingTable Make()
    {
        var random = new Random(1);
        float[] sizes = [.. Enumerable.Range(0, 400).Select(_ => random.NextSingle())];
        string[] colors = [.. sizes.Select(_ => Colors[random.Next(3)])];
        float[] ages = [.. sizes.Select(_ => random.NextSingle() * 50)];
        int[] labels = [.. sizes.Select((size, row) => size + (colors[row] == "red" ? 0.6 : 0) + (ages[row] / 100) + random.NextDouble() > 1.3 ? 1 : 0)];
        return new TrainingTable.Builder()
            .Add(new NumericColumn("size"), sizes).Add(CategoricalColumn.Of("color", colors), colors).Add(new NumericColumn("age"), ages).Build(labels);
    }
}

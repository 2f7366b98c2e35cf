using ModelOps.Onnx;
using ModelOps.Training.Data;
using ModelOps.Training.Export;
using ModelOps.Training.Trees;

namespace ModelOps.Training.Tests;

public sealed class BoostedTreesOnnxTests
{
    private static readonly BoostedTreesModel Model = GradientBoostedTrees.Train(FraudTable.Train, new BoostingOptions(), CancellationToken.None);

    [Fact]
    public void Onnx_runtime_answers_as_the_model_does()
    {
        Same(Model, FraudTable.Test);
    }

    [Fact]
    public void Missing_numbers_unknown_categories_and_values_at_a_threshold_are_answered_alike()
    {
        var random = new Random(9);
        float[] values = [.. Enumerable.Range(0, 3_000).Select(_ => random.Next(5) == 0 ? float.NaN : MathF.Round(random.NextSingle(), 1))];
        string[] texts = [.. values.Select(_ => $"{(char)('a' + random.Next(4))}")];
        double Risk(int row) => (float.IsNaN(values[row]) ? 0.6 : values[row]) + (texts[row] == "c" ? 0.5 : 0);
        int[] labels = [.. values.Select((_, row) => Risk(row) + random.NextDouble() > 1.2 ? 1 : 0)];
        var known = CategoricalColumn.Of("text", texts);
        var training = new TrainingTable.Builder().Add(new NumericColumn("x"), values).Add(known, texts).Build(labels);
        var model = GradientBoostedTrees.Train(training, new BoostingOptions { MaxDepth = 6, MinSamplesLeaf = 5 }, CancellationToken.None);
        var decisions = model.Trees.SelectMany(tree => tree.Nodes).Where(node => !node.IsLeaf && node.Category < 0);
        var around = decisions.Select(node => node.Threshold).Distinct().SelectMany(t => new[] { MathF.BitDecrement(t), t, MathF.BitIncrement(t) });
        float[] asked = [.. values, .. around, float.PositiveInfinity, float.NegativeInfinity];

        Same(model, new TrainingTable.Builder()
            .Add(new NumericColumn("x"), asked)
            .Add(known, asked.Select((_, row) => row % 5 == 4 ? "?" : $"{(char)('a' + (row % 5))}"))
            .Build(asked.Select(_ => 0)));
    }

    [Theory, InlineData(2), InlineData(6), InlineData(8)]
    public void A_model_of_nothing_but_its_initial_score_is_answered_alike(int positivesInTen)
    {
        // More than half: no leaf is negative, and a runtime that took the scores for probabilities would call six in ten unlikely.
        int[] labels = [.. Enumerable.Range(0, 10).Select(row => row < positivesInTen ? 1 : 0)];
        var table = new TrainingTable.Builder().Add(new NumericColumn("x"), labels.Select(_ => 1f)).Build(labels);
        var model = GradientBoostedTrees.Train(table, new BoostingOptions { MaxIterations = 1, Subsample = 1 }, CancellationToken.None);

        Same(model, table);
        Assert.Equal(positivesInTen / 10.0, model.Predict(table)[0], 1e-6);
    }

    [Fact]
    public void Equal_data_give_equal_bytes()
    {
        var again = GradientBoostedTrees.Train(FraudTable.Train, new BoostingOptions(), CancellationToken.None);

        Assert.Equal(BoostedTreesOnnx.Export(Model), BoostedTreesOnnx.Export(again));
    }

    [Fact]
    public void The_registrys_inspection_accepts_the_file_and_reads_its_signature()
    {
        var inspection = new ModelInspector().Inspect(BoostedTreesOnnx.Export(Model));

        Assert.Empty(inspection.Refusals);
        Assert.Equal(FraudTable.Train.Columns.Select(column => column.Name), inspection.Signature!.Inputs.Select(input => input.Name));
        Assert.Equal(["label", "probabilities"], inspection.Signature.Outputs.Select(output => output.Name));
        Assert.Equal(("true", "gradient_boosted_trees"), (inspection.Metadata["modelops.allow_nan"], inspection.Metadata["modelops.algorithm"]));
    }

    private static void Same(BoostedTreesModel model, TrainingTable table)
    {
        var expected = model.Predict(table);

        var actual = OnnxRun.Answers(BoostedTreesOnnx.Export(model), table);

        Assert.All(expected.Zip(actual), pair =>
        {
            Assert.Equal(pair.First, pair.Second.Positive, 1e-6);
            Assert.Equal(1 - pair.First, pair.Second.Negative, 1e-6);
            Assert.True(Math.Abs(pair.First - 0.5) < 1e-6 || pair.First > 0.5 == (pair.Second.Label == 1), $"{pair}");
        });
    }
}

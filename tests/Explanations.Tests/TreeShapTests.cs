using Microsoft.ML.OnnxRuntime;
using ModelOps.Explanations.Trees;
using ModelOps.Onnx.Schema;
using ModelOps.Testing;

namespace ModelOps.Explanations.Tests;

public sealed class TreeShapTests
{
    [Theory]
    [InlineData(1, 1, 3, 4, false)]
    [InlineData(2, 3, 4, 3, false)]
    [InlineData(3, 2, 7, 6, false)]
    [InlineData(4, 2, 5, 4, true)]
    [InlineData(5, 1, 8, 2, true)]
    public void Values_are_those_of_the_definition(int seed, int trees, int depth, int columns, bool isShared)
    {
        var random = new Random(seed);
        var node = Scorer(Models.Regressor(new RandomTrees(seed, trees, depth, columns, isShared: isShared), columns));
        var (ensemble, _) = new TreeEnsembleReader(node, new()).Read()!.Value;
        var shares = Array.ConvertAll(ensemble.Nodes, _ => random.Next(8) == 0 ? random.Next(2) : random.NextDouble());
        // The first two columns are one feature, as the indicators of a category are.
        int[] featureOf = [0, 0, .. Enumerable.Range(1, columns - 2)];
        var shap = new TreeShap(ensemble, TreeOrder.Of(ensemble), new SplitShares(shares, Baseline.Sample), featureOf);

        for (var round = 0; round < 40; round++)
        {
            var row = Array.ConvertAll(RandomTrees.Row(random, columns), value => (double)value);
            var actual = new double[columns - 1];
            shap.Explain(row, 0, actual, CancellationToken.None);

            var expected = BruteForce.Values(ensemble, shares, featureOf, row, 0, columns - 1);

            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-10));
            Assert.Equal(shap.Score(row, 0), shap.Expected(0) + actual.Sum(), 1e-10);
        }
    }

    [Theory]
    [InlineData("SUM", 0f)]
    [InlineData("SUM", 0.75f)]
    [InlineData("AVERAGE", -1.5f)]
    public void A_regressions_values_add_up_to_what_onnx_runtime_computes(string aggregate, float @base)
    {
        AttributeProto[] attributes = [Models.Text("aggregate_function", aggregate), Models.Int("n_targets", 1), .. @base == 0 ? (AttributeProto[])[] : [Models.Floats("base_values", [@base])]];
        var onnx = Models.Regressor(new RandomTrees(11, trees: 20, depth: 6, columns: 8), 8, attributes);
        var explainer = Explainer(onnx);

        SumsAre(onnx, explainer, "x", "y", 8, scores => scores[0]);

        Assert.Equal((ScoreKind.Raw, Baseline.TrainingData), (explainer.Kind, explainer.Baseline));
        Assert.Null(explainer.Explain(new FeatureValue[8], CancellationToken.None).Class);
    }

    [Theory]
    [InlineData("NONE", new float[0])]
    [InlineData("NONE", new[] { 0.5f, -0.25f, 0.125f })]
    public void Of_many_classes_the_highest_is_explained(string transform, float[] bases)
    {
        AttributeProto[] attributes = [Models.Text("post_transform", transform), .. bases.Length == 0 ? (AttributeProto[])[] : [Models.Floats("base_values", bases)]];
        var onnx = Models.Classifier(new RandomTrees(12, trees: 9, depth: 5, columns: 6, scores: 3), 6, classes: 3, attributes);

        SumsAre(onnx, Explainer(onnx), "x", "scores", 6, scores => scores.Max(), (explanation, scores) =>
            Assert.Equal($"{10 + Array.IndexOf(scores, scores.Max())}", explanation.Class));
    }

    [Theory, InlineData(1, 0f), InlineData(2, 0f), InlineData(1, 0.4f)]
    public void Of_two_classes_the_second_is_explained_whether_they_share_a_score_or_not(int scores, float @base)
    {
        AttributeProto[] attributes = @base == 0 ? [] : [Models.Floats("base_values", [@base])];
        var onnx = Models.Classifier(new RandomTrees(13, trees: 9, depth: 5, columns: 6, scores), 6, classes: 2, attributes);

        SumsAre(onnx, Explainer(onnx), "x", "scores", 6, found => found[1], (explanation, _) => Assert.Equal("11", explanation.Class));
    }

    [Fact]
    public void The_golden_ensembles_log_odds_are_explained()
    {
        var onnx = File.ReadAllBytes(Path.Combine(Golden.Folder, "models", "gbc_d3.onnx"));
        var explainer = Explainer(onnx);

        SumsAre(onnx, explainer, "input", "probabilities", 30, probabilities => Math.Log(probabilities[1] / (double)probabilities[0]));

        Assert.Equal(ScoreKind.LogOdds, explainer.Kind);
    }

    [Fact]
    public void Without_hit_rates_both_sides_of_a_split_count_alike_and_a_sample_counts_by_its_rows()
    {
        // x <= 1 ? 8 : 0
        var onnx = OneSplit([1, 1, 1]);
        FeatureValue[][] sample = [[new(0)], [new(1)], [new(5)], [new(double.NaN)]];

        var uniform = Explainer(onnx);
        var sampled = ModelExplainer.Create(onnx, sample).Explainer!;
        var recorded = Explainer(OneSplit([10, 9, 1]));

        Assert.Equal((Baseline.Uniform, 4.0), (uniform.Baseline, uniform.Explain([new(0)], CancellationToken.None).ExpectedValue));
        Assert.Equal((Baseline.Sample, 4.0), (sampled.Baseline, sampled.Explain([new(0)], CancellationToken.None).ExpectedValue));
        Assert.Equal((Baseline.TrainingData, 7.2), (recorded.Baseline, Math.Round(recorded.Explain([new(0)], CancellationToken.None).ExpectedValue, 9)));
    }

    private static byte[] OneSplit(float[] hits) => Models.Build(
        [Models.Value("x", TensorProto.Types.DataType.Float, 1)],
        [
            Models.Node(
                Models.Ml, "TreeEnsembleRegressor", ["x"], ["y"],
                Models.Ints("nodes_treeids", [0, 0, 0]), Models.Ints("nodes_nodeids", [0, 1, 2]), Models.Texts("nodes_modes", ["BRANCH_LEQ", "LEAF", "LEAF"]),
                Models.Ints("nodes_featureids", [0, 0, 0]), Models.Floats("nodes_values", [1, 0, 0]), Models.Ints("nodes_truenodeids", [1, 0, 0]),
                Models.Ints("nodes_falsenodeids", [2, 0, 0]), Models.Floats("nodes_hitrates", hits), Models.Ints("target_treeids", [0]),
                Models.Ints("target_nodeids", [1]), Models.Ints("target_ids", [0]), Models.Floats("target_weights", [8])),
        ],
        [Models.Value("y", TensorProto.Types.DataType.Float, 1)]);

    private static void SumsAre(
        byte[] onnx, ModelExplainer explainer, string input, string output, int columns, Func<float[], double> score, Action<Explanation, float[]>? check = null)
    {
        using var session = new InferenceSession(onnx);
        var random = new Random(7);
        for (var round = 0; round < 100; round++)
        {
            var row = RandomTrees.Row(random, columns);
            var scores = OnnxRun.Scores(session, input, output, row);

            var explanation = explainer.Explain(OnnxRun.Values(row), CancellationToken.None);

            Assert.Equal(score(scores), explanation.Score, 1e-4);
            Assert.Equal(explanation.Score, explanation.ExpectedValue + explanation.Contributions.Sum(), 1e-9);
            check?.Invoke(explanation, scores);
        }
    }

    private static ModelExplainer Explainer(byte[] onnx)
    {
        var result = ModelExplainer.Create(onnx);
        Assert.Null(result.Reason);
        return result.Explainer!;
    }

    private static NodeProto Scorer(byte[] onnx) => ModelProto.Parser.ParseFrom(onnx).Graph.Node.Single(TreeEnsembleReader.Reads);
}

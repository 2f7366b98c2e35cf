using ModelOps.Testing;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Explanations.Tests;

/// <summary>A model that cannot be explained says why.</summary>
public sealed class RefusalTests
{
    private static readonly RandomTrees Trees = new(1, trees: 4, depth: 5, columns: 3);

    [Fact]
    public void A_network_is_neither_trees_nor_linear()
    {
        var onnx = File.ReadAllBytes(Path.Combine(Golden.Folder, "models", "mlp.onnx"));

        Assert.StartsWith("the model is neither made of trees nor linear: it has no operator that scores among ", ModelExplainer.Create(onnx).Reason);
    }

    [Fact]
    public void Bytes_that_are_no_model_are_refused() => Assert.StartsWith("the file is refused: model", ModelExplainer.Create([1, 2, 3]).Reason);

    [Fact]
    public void An_operator_that_mixes_columns_is_named() => Refused(
        Models.Build(
            [Models.Value("x", DataType.Float, 3)],
            [Models.Node(Models.Ml, "Normalizer", ["x"], ["n"]), Models.Node(Models.Ml, "TreeEnsembleRegressor", ["n"], ["y"], Trees.Attributes("target"))],
            [Models.Value("y", DataType.Float, 1)]),
        "TreeEnsembleRegressor: operator 'Normalizer' before it does not keep columns of one feature apart (Identity, Cast, Flatten, Reshape, Concat, Imputer, Scaler and OneHotEncoder are followed)");

    [Fact]
    public void An_operator_that_changes_scores_is_named() => Refused(
        Models.Build(
            [Models.Value("x", DataType.Float, 3)],
            [Models.Node(Models.Ml, "TreeEnsembleRegressor", ["x"], ["s"], Trees.Attributes("target")), Models.Node("", "Mul", ["s", "x"], ["y"])],
            [Models.Value("y", DataType.Float, 3)]),
        "operator 'Mul' behind TreeEnsembleRegressor makes something else of its scores");

    [Fact]
    public void Two_scoring_operators_are_too_many() => Refused(
        Models.Build(
            [Models.Value("x", DataType.Float, 3)],
            [
                Models.Node(Models.Ml, "TreeEnsembleRegressor", ["x"], ["y"], Trees.Attributes("target")),
                Models.Node(Models.Ml, "TreeEnsembleRegressor", ["x"], ["z"], Trees.Attributes("target")),
            ],
            [Models.Value("y", DataType.Float, 1), Models.Value("z", DataType.Float, 1)]),
        "the model has 2 operators that score, trees or linear ones; one is explained");

    [Fact]
    public void The_highest_of_the_trees_is_no_sum() =>
        Refused(Models.Regressor(Trees, 3, Models.Text("aggregate_function", "MAX")), "TreeEnsembleRegressor: aggregate_function MAX is no sum of trees");

    [Fact]
    public void Several_targets_are_too_many() =>
        Refused(Models.Regressor(new(1, 2, 3, 3, scores: 2), 3, Models.Int("n_targets", 2)), "TreeEnsembleRegressor: it has 2 targets, one is explained");

    [Fact]
    public void A_column_that_the_matrix_lacks_is_refused()
    {
        var onnx = Models.Build(
            [Models.Value("x", DataType.Float, 1)],
            [
                Models.Node("", "Identity", ["x"], ["same"]),
                Models.Node(Models.Ml, "TreeEnsembleRegressor", ["same"], ["y"], Trees.Attributes("target")),
            ],
            [Models.Value("y", DataType.Float, 1)]);

        Refused(onnx, "TreeEnsembleRegressor: a split asks for a column that its input of 1 does not have");
    }

    [Fact]
    public void Work_beyond_the_limits_is_refused_before_any_row_is_asked()
    {
        var onnx = Models.Regressor(Trees, 3);

        Assert.Equal("TreeEnsembleRegressor: a tree is 5 splits deep, at most 4 are explained", ModelExplainer.Create(onnx, limits: new() { MaxDepth = 4 }).Reason);
        Assert.Matches(
            "^TreeEnsembleRegressor: a row takes [0-9]+ steps \\(4 trees, 5 splits deep\\), at most 100 are computed$",
            ModelExplainer.Create(onnx, limits: new() { MaxStepsPerRow = 100 }).Reason);
        Assert.Matches("^TreeEnsembleRegressor: it has [0-9]+ nodes, 1 to 10 are explained$", ModelExplainer.Create(onnx, limits: new() { MaxNodes = 10 }).Reason);
        Assert.Equal("TreeEnsembleRegressor: the inputs have more than 2 columns", ModelExplainer.Create(onnx, limits: new() { MaxColumns = 2 }).Reason);
    }

    [Fact]
    public void A_row_of_another_length_is_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => ModelExplainer.Create(Models.Regressor(Trees, 3)).Explainer!.Explain([new(1)], CancellationToken.None));

    private static void Refused(byte[] onnx, string reason) => Assert.Equal(reason, ModelExplainer.Create(onnx).Reason);
}

using ModelOps.Onnx.Schema;
using ModelOps.Training.Data;
using ModelOps.Training.Linear;

namespace ModelOps.Training.Export;

/// <summary>The front of every exported graph: one named input of shape [N,1] a feature, encoded into one matrix.</summary>
internal static class FeatureEncoding
{
    /// <summary>Adds inputs and encoding.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="columns">The features; a number takes one column of the matrix, a text one a category.</param>
    /// <param name="standardizations">Shift and scale of the numbers; null where they are taken as they come.</param>
    /// <returns>Name of the matrix, [N, width].</returns>
    public static string Encode(GraphBuilder graph, IReadOnlyList<FeatureColumn> columns, IReadOnlyList<Standardization?>? standardizations)
    {
        var encoded = columns.Select((column, i) =>
            column is CategoricalColumn categorical ? OneHot(graph, categorical) : Number(graph, column.Name, standardizations?[i]));
        return graph.Node("Concat", [.. encoded], "features", GraphBuilder.Attribute("axis", 1));
    }

    /// <summary>Columns of the matrix that a feature takes.</summary>
    public static int Width(FeatureColumn column) => column is CategoricalColumn categorical ? categorical.Categories.Count : 1;

    private static string OneHot(GraphBuilder graph, CategoricalColumn column)
    {
        graph.Input(column.Name, TensorProto.Types.DataType.String);
        // zeros = 1: an unknown category becomes zeros, as in training.
        graph.MlNode(
            "OneHotEncoder",
            [column.Name],
            [$"{column.Name}/one_hot"],
            GraphBuilder.Attribute("cats_strings", [.. column.Categories]),
            GraphBuilder.Attribute("zeros", 1));
        return graph.Node("Flatten", [$"{column.Name}/one_hot"], $"{column.Name}/encoded", GraphBuilder.Attribute("axis", 1));
    }

    private static string Number(GraphBuilder graph, string name, Standardization? standardization)
    {
        graph.Input(name, TensorProto.Types.DataType.Float);
        if (standardization is not { } standard)
        {
            return name;
        }
        graph.MlNode(
            "Scaler",
            [name],
            [$"{name}/encoded"],
            GraphBuilder.Attribute("offset", [(float)standard.Mean]),
            GraphBuilder.Attribute("scale", [(float)standard.Scale]));
        return $"{name}/encoded";
    }
}

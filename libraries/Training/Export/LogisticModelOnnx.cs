using Google.Protobuf;
using ModelOps.Onnx.Schema;
using ModelOps.Training.Data;
using ModelOps.Training.Linear;

namespace ModelOps.Training.Export;

/// <summary>
/// Writes a logistic regression as ONNX: one named input of shape [N,1] per feature (FP32 for numbers, strings for categories), encoding
/// inside the graph, outputs `label` INT64 [N] and `probabilities` FP32 [N,2]. Equal models give equal bytes.
/// </summary>
public static class LogisticModelOnnx
{
    /// <summary>Serializes a model.</summary>
    public static byte[] Export(LogisticModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var graph = new GraphBuilder("logistic_regression");
        var encoded = new List<string>();
        var coefficients = new List<float>();
        var next = 0;
        for (var i = 0; i < model.Columns.Count; i++)
        {
            var width = model.Columns[i] is CategoricalColumn categorical ? categorical.Categories.Count : 1;
            encoded.Add(Encode(graph, model.Columns[i], model.Standardizations[i]));
            coefficients.AddRange(model.Coefficients.Slice(next, width).ToArray().Select(value => (float)value));
            next += width;
        }

        var features = graph.Node("Concat", encoded, "features", GraphBuilder.Attribute("axis", 1));
        var intercept = (float)model.Intercept;
        graph.MlNode(
            "LinearClassifier",
            [features],
            ["label", "probabilities"],
            GraphBuilder.Attribute("classlabels_ints", [0L, 1L]),
            // The negative class has the mirrored score, so the logistic transform of both gives 1-p and p.
            GraphBuilder.Attribute("coefficients", [.. coefficients.Select(value => -value), .. coefficients]),
            GraphBuilder.Attribute("intercepts", [-intercept, intercept]),
            GraphBuilder.Attribute("multi_class", 0),
            GraphBuilder.Attribute("post_transform", "LOGISTIC"));
        graph.Output("label", TensorProto.Types.DataType.Int64);
        graph.Output("probabilities", TensorProto.Types.DataType.Float, 2);
        return graph.ToModel(new() { ["modelops.allow_nan"] = "false", ["modelops.algorithm"] = "logistic_regression" }).ToByteArray();
    }

    private static string Encode(GraphBuilder graph, FeatureColumn column, Standardization? standardization)
    {
        if (column is CategoricalColumn categorical)
        {
            graph.Input(column.Name, TensorProto.Types.DataType.String);
            // zeros = 1: an unknown category becomes zeros, as in training.
            graph.MlNode(
                "OneHotEncoder",
                [column.Name],
                [$"{column.Name}/one_hot"],
                GraphBuilder.Attribute("cats_strings", [.. categorical.Categories]),
                GraphBuilder.Attribute("zeros", 1));
            return graph.Node("Flatten", [$"{column.Name}/one_hot"], $"{column.Name}/encoded", GraphBuilder.Attribute("axis", 1));
        }

        graph.Input(column.Name, TensorProto.Types.DataType.Float);
        graph.MlNode(
            "Scaler",
            [column.Name],
            [$"{column.Name}/encoded"],
            GraphBuilder.Attribute("offset", [(float)standardization!.Value.Mean]),
            GraphBuilder.Attribute("scale", [(float)standardization.Value.Scale]));
        return $"{column.Name}/encoded";
    }
}

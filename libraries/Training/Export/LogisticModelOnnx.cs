using System.Text.Json;
using Google.Protobuf;
using ModelOps.Onnx.Schema;
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
        var features = FeatureEncoding.Encode(graph, model.Columns, model.Standardizations);
        float[] coefficients = [.. model.Coefficients.ToArray().Select(value => (float)value)];
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
        return graph.ToModel(new()
        {
            ["modelops.allow_nan"] = "false",
            ["modelops.algorithm"] = "logistic_regression",
            // What explanations take for a feature that is not known.
            ["modelops.column_means"] = JsonSerializer.Serialize(model.ColumnMeans.ToArray()),
        }).ToByteArray();
    }
}

using System.Text.Json;
using ModelOps.Onnx;
using ModelOps.Onnx.Schema;

namespace ModelOps.Explanations.Linear;

/// <summary>Coefficients of a linear operator.</summary>
/// <param name="Coefficients">By score, then by column.</param>
/// <param name="Intercepts">One per score.</param>
internal sealed record LinearScores(double[][] Coefficients, double[] Intercepts);

/// <summary>Reads LinearClassifier and LinearRegressor.</summary>
internal static class LinearReader
{
    /// <summary>Metadata of a file: means of the columns that the linear operator takes, as a JSON array.</summary>
    public const string ColumnMeansKey = "modelops.column_means";

    private const string Classifier = "LinearClassifier";

    public static bool Reads(NodeProto node) => node.Domain == OperatorDomain.MachineLearning && node.OpType is Classifier or "LinearRegressor";

    /// <summary>Reads an operator.</summary>
    /// <param name="node">The operator.</param>
    /// <param name="columns">Columns that it takes.</param>
    /// <param name="reason">Why it cannot be explained; null when it can.</param>
    public static (LinearScores Scores, ScoreMeaning Meaning)? Read(NodeProto node, int columns, out string? reason)
    {
        var attributes = new TreeAttributes(node);
        var (coefficients, intercepts) = (attributes.Numbers("coefficients"), attributes.Numbers("intercepts"));
        var labels = node.OpType == Classifier ? Labels(attributes) : [];
        var scores = coefficients.Count / columns;
        var classes = labels.Length == 0 || scores == labels.Length || (scores == 1 && labels.Length == 2);
        reason = scores == 0 || coefficients.Count != scores * columns ? $"it has {coefficients.Count} coefficients for {columns} columns"
            : intercepts.Count != scores && intercepts.Count > 0 ? $"it has {intercepts.Count} intercepts for {scores} scores"
            : !classes ? $"it has {scores} scores for {labels.Length} classes"
            : null;
        if (reason is not null)
        {
            return null;
        }
        double[][] rows = [.. Enumerable.Range(0, scores).Select(score => coefficients.Skip(score * columns).Take(columns).ToArray())];
        var kind = attributes.Text("post_transform") == "LOGISTIC" ? ScoreKind.LogOdds : ScoreKind.Raw;
        return (new(rows, intercepts.Count > 0 ? [.. intercepts] : new double[scores]), new(labels, kind));
    }

    /// <summary>The means that a file records; null when it records none for this number of columns.</summary>
    public static double[]? ColumnMeans(ModelProto model, int columns)
    {
        var text = model.MetadataProps.FirstOrDefault(property => property.Key == ColumnMeansKey)?.Value;
        try
        {
            return text is not null && JsonSerializer.Deserialize<double[]>(text) is { } means && means.Length == columns ? means : null;
        }
        catch (JsonException)
        {
            return null; // anything else counts as not said
        }
    }

    private static string[] Labels(TreeAttributes attributes)
    {
        var texts = attributes.Strings("classlabels_strings");
        return texts.Count > 0 ? [.. texts.Select(text => text.ToStringUtf8())] : [.. attributes.Ints("classlabels_ints").Select(label => $"{label}")];
    }
}

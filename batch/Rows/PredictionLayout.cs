using ModelOps.Batch.Models;

namespace ModelOps.Batch.Rows;

/// <summary>
/// Which outputs of a model are the predicted class and its scores, as /predict reads them: the first that is not floating point, and the first
/// that is. Scores without a label and one a row are the prediction itself.
/// </summary>
internal sealed class PredictionLayout
{
    public const string Prediction = "prediction";
    public const string Probability = "probability";
    public const string Probabilities = "probabilities";
    public const string PredictedAt = "predicted_at";
    public const string ModelVersion = "model_version";
    private static readonly string[] All = [Prediction, Probability, Probabilities, PredictedAt, ModelVersion];

    public PredictionLayout(BatchModel model)
    {
        var label = model.Outputs.FirstOrDefault(output => !ElementEncoder.IsFloatingPoint(output.Datatype));
        var scores = model.Outputs.FirstOrDefault(output => ElementEncoder.IsFloatingPoint(output.Datatype));
        Places = new(label?.Datatype ?? "", model.Labels);
        (HasLabel, HasScores) = (label is not null, scores is not null);
        HasProbabilities = HasScores && (HasLabel || scores!.Shape is not ([] or [_] or [_, 1]));
        Outputs = [.. new[] { label, scores }.OfType<TensorInfo>().Select(output => output.Name)];
        Columns = HasProbabilities ? All : [Prediction, PredictedAt, ModelVersion];
    }

    /// <summary>Which score is that of a label.</summary>
    public LabelPlaces Places { get; }

    public bool HasLabel { get; }

    public bool HasScores { get; }

    /// <summary>Whether rows get their probabilities beside the prediction.</summary>
    public bool HasProbabilities { get; }

    /// <summary>Names of the outputs that are wanted: the label and then the scores, where there are.</summary>
    public string[] Outputs { get; }

    /// <summary>What is added to every row.</summary>
    public string[] Columns { get; }

    /// <summary>Whether a name is one that the output may add to a row.</summary>
    public static bool IsReserved(string name) => All.Contains(name, StringComparer.Ordinal);
}

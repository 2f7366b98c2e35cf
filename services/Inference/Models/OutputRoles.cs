namespace ModelOps.Inference.Models;

/// <summary>Which outputs of a run are the predicted class and its scores: the first that is not floating point, and the first that is.</summary>
/// <param name="Label">Ordinal of the label; -1: none.</param>
/// <param name="Scores">Ordinal of the scores; -1: none.</param>
internal readonly record struct OutputRoles(int Label, int Scores)
{
    public static OutputRoles Of(InferenceResult result)
    {
        var (label, scores) = (-1, -1);
        for (var i = 0; i < result.Outputs.Length; i++)
        {
            ref readonly var output = ref result.Outputs[i];
            if (output.Elements > 0)
            {
                label = label < 0 && !output.Schema.Datatype.IsFloatingPoint ? i : label;
                scores = scores < 0 && output.Schema.Datatype.IsFloatingPoint ? i : scores;
            }
        }
        return new(label, scores);
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using ModelOps.Batch.Models;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.Predict;

/// <summary>What a model's outputs say about one row.</summary>
/// <param name="Label">The predicted class or value, as JSON.</param>
/// <param name="Probability">Probability of the predicted class; null for a model that gives none, or where none is known to be that class's.</param>
/// <param name="Probabilities">Probabilities of all classes; null for a model that gives none.</param>
internal sealed record Prediction(string Label, double? Probability, double[]? Probabilities)
{
    /// <summary>Reads the outputs: a label of integers or strings, and floating point probabilities, one per class or of the positive class.</summary>
    /// <param name="result">The outputs.</param>
    /// <param name="places">Which score is that of a label.</param>
    public static Prediction Read(InferenceResult result, LabelPlaces places)
    {
        var (labelAt, scoresAt) = OutputRoles.Of(result);
        var scores = scoresAt < 0 ? [] : Numbers(result.Outputs[scoresAt]);
        var label = labelAt < 0 ? null : FirstLabel(result.Outputs[labelAt]);
        return scores switch
        {
            [] => new(label ?? "null", null, null),
            [var value] when label is null => new(JsonNumber(value), null, null),
            [var positive] => Of(label, [1 - positive, positive], places),
            _ => Of(label, scores, places),
        };
    }

    private static Prediction Of(string? label, double[] probabilities, LabelPlaces places)
    {
        var place = places.Find(label, probabilities);
        return new(label ?? place.ToString(CultureInfo.InvariantCulture), place < 0 ? null : probabilities[place], probabilities);
    }

    private static string FirstLabel(in OutputTensor output)
    {
        var datatype = output.Schema.Datatype;
        return datatype.Size == 0
            ? JsonSerializer.Serialize(Encoding.UTF8.GetString(output.Text(0)))
            : IntegerText.Of(datatype.Name, output.Numbers[..datatype.Size]);
    }

    private static double[] Numbers(in OutputTensor output)
    {
        var numbers = new double[output.Elements];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = output.FloatingPoint(i);
        }
        return numbers;
    }

    private static string JsonNumber(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "null";
}

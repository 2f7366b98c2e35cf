using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.Predict;

/// <summary>What a model's outputs say about one row.</summary>
/// <param name="Label">The predicted class or value, as JSON.</param>
/// <param name="Probability">Probability of the predicted class; null for a model that gives none.</param>
/// <param name="Probabilities">Probabilities of all classes; null for a model that gives none.</param>
internal sealed record Prediction(string Label, double? Probability, double[]? Probabilities)
{
    /// <summary>Reads the outputs: a label of integers or strings, and floating point probabilities, one per class or of the positive class.</summary>
    public static Prediction Read(InferenceResult result)
    {
        var (labelAt, scoresAt) = OutputRoles.Of(result);
        var scores = scoresAt < 0 ? [] : Numbers(result.Outputs[scoresAt]);
        var label = labelAt < 0 ? null : FirstLabel(result.Outputs[labelAt]);
        return scores switch
        {
            [] => new(label ?? "null", null, null),
            [var value] when label is null => new(JsonNumber(value), null, null),
            [var positive] => Of(label, [1 - positive, positive]),
            _ => Of(label, scores),
        };
    }

    private static Prediction Of(string? label, double[] probabilities)
    {
        var best = Array.IndexOf(probabilities, probabilities.Max());
        return new(label ?? best.ToString(CultureInfo.InvariantCulture), probabilities[best], probabilities);
    }

    private static string FirstLabel(in OutputTensor output)
    {
        if (output.Schema.Datatype.Size == 0)
        {
            return JsonSerializer.Serialize(Encoding.UTF8.GetString(output.Text(0)));
        }
        return output.Schema.Datatype.Name switch
        {
            "INT64" => MemoryMarshal.Read<long>(output.Numbers).ToString(CultureInfo.InvariantCulture),
            "INT32" => MemoryMarshal.Read<int>(output.Numbers).ToString(CultureInfo.InvariantCulture),
            "BOOL" => output.Numbers[0] != 0 ? "true" : "false",
            _ => "null",
        };
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

using System.Text.Json;
using ModelOps.Explanations;
using ModelOps.Inference.OpenInference;

namespace ModelOps.Inference.Explanations;

/// <summary>The explanation of one row, as it is answered.</summary>
/// <param name="explainer">What explained it.</param>
/// <param name="explanation">The explanation.</param>
/// <param name="names">Names of the features.</param>
/// <param name="row">Their values.</param>
internal sealed class RowExplanation(ModelExplainer explainer, Explanation explanation, string[] names, FeatureValue[] row)
{
    /// <summary>Writes it as an object, what matters most first.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WritePropertyName("expected_value"u8);
        JsonNumbers.Write(json, explanation.ExpectedValue);
        json.WriteString("output"u8, explainer.Kind == ScoreKind.LogOdds ? "log_odds"u8 : "raw"u8);
        if (explanation.Class is { } label)
        {
            json.WriteString("class"u8, label);
        }
        json.WriteString("baseline"u8, explainer.Baseline == Baseline.TrainingData ? "training_data"u8 : "uniform"u8);
        json.WriteStartArray("contributions"u8);
        foreach (var i in Enumerable.Range(0, row.Length).OrderByDescending(i => Math.Abs(explanation.Contributions[i])))
        {
            json.WriteStartObject();
            json.WriteString("feature"u8, names[i]);
            json.WritePropertyName("value"u8);
            WriteValue(json, row[i]);
            json.WritePropertyName("contribution"u8);
            JsonNumbers.Write(json, explanation.Contributions[i]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, FeatureValue value)
    {
        if (value.Text is { } text)
        {
            json.WriteStringValue(text);
        }
        else if (value.Number == (float)value.Number)
        {
            JsonNumbers.Write(json, (float)value.Number); // shorter, and the same number
        }
        else
        {
            JsonNumbers.Write(json, value.Number);
        }
    }
}

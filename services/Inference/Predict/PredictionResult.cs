using System.Text.Json;
using ModelOps.Inference.Explanations;
using ModelOps.Inference.OpenInference;

namespace ModelOps.Inference.Predict;

/// <summary>A prediction as JSON.</summary>
internal sealed class PredictionResult(Prediction prediction, long version, TimeSpan latency, string? id = null) : IResult
{
    /// <summary>Features that took their default; told when there are some.</summary>
    public IReadOnlyList<string> DefaultedFeatures { get; init; } = [];

    /// <summary>What the features contributed; null where that was not asked for.</summary>
    public RowExplanation? Explanation { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        SmallJson.Write(httpContext.Response, this, static (json, result) => result.Write(json));
        return Task.CompletedTask;
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WritePropertyName("prediction"u8);
        json.WriteRawValue(prediction.Label);
        if (prediction.Probability is { } probability)
        {
            json.WritePropertyName("probability"u8);
            JsonNumbers.Write(json, probability);
            json.WriteString("confidence"u8, Confidence.Of(probability));
        }
        if (prediction.Probabilities is { } probabilities)
        {
            json.WriteStartArray("probabilities"u8);
            foreach (var value in probabilities)
            {
                JsonNumbers.Write(json, value);
            }
            json.WriteEndArray();
        }
        json.WriteNumber("model_version"u8, version);
        json.WriteNumber("latency_ms"u8, Math.Round(latency.TotalMilliseconds, 3));
        if (id is not null)
        {
            json.WriteString("prediction_id"u8, id);
        }
        if (DefaultedFeatures.Count > 0)
        {
            json.WriteStartArray("defaulted_features"u8);
            foreach (var feature in DefaultedFeatures)
            {
                json.WriteStringValue(feature);
            }
            json.WriteEndArray();
        }
        if (Explanation is { } explanation)
        {
            json.WritePropertyName("explanation"u8);
            explanation.Write(json);
        }
        json.WriteEndObject();
    }
}

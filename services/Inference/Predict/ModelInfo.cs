using System.Text.Json.Serialization;

namespace ModelOps.Inference.Predict;

/// <summary>What /model/info answers.</summary>
internal sealed record ModelInfo(string Model, long ModelVersion, string ModelType, long NumberOfFeatures, string[] Features, string[] Classes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ModelInfo))]
internal sealed partial class PredictJson : JsonSerializerContext;

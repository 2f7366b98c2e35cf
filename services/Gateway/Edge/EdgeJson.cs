using System.Text.Json.Serialization;

namespace ModelOps.Gateway.Edge;

/// <summary>An error as the Open Inference Protocol has it.</summary>
internal sealed record OpenInferenceError(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OpenInferenceError))]
internal sealed partial class EdgeJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace ModelOps.ServiceDefaults.Messaging;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeadLetterJson))]
[JsonSerializable(typeof(DeadLettersJson))]
internal sealed partial class DeadLetterJsonContext : JsonSerializerContext;

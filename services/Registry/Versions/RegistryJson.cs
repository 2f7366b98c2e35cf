using System.Text.Json.Serialization;
using ModelOps.Onnx;

namespace ModelOps.Registry.Versions;

/// <summary>JSON of this service, on the wire and in jsonb columns: snake_case, strict when read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(ModelSignature))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, double>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(VersionMetadataJson))]
[JsonSerializable(typeof(ModelVersionJson))]
[JsonSerializable(typeof(ModelVersionsJson))]
[JsonSerializable(typeof(ModelsJson))]
[JsonSerializable(typeof(StageBody))]
[JsonSerializable(typeof(StageChangesJson))]
internal sealed partial class RegistryJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;
using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.Ingestion;
using ModelOps.FeatureStore.Values;

namespace ModelOps.FeatureStore.Api;

/// <summary>JSON of this service: snake_case, strict when read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(ChangesJson))]
[JsonSerializable(typeof(FeatureViewJson))]
[JsonSerializable(typeof(FeatureServiceJson))]
[JsonSerializable(typeof(MaterializedJson))]
[JsonSerializable(typeof(PushJson))]
[JsonSerializable(typeof(PushedJson))]
[JsonSerializable(typeof(OnlineJson))]
internal sealed partial class FeatureJson : JsonSerializerContext;

/// <summary>What applying a file changed.</summary>
internal sealed record ChangesJson(IReadOnlyList<string> Changes);

/// <summary>A feature.</summary>
internal sealed record FieldJson(string Name, string Type);

/// <summary>A view; the same fields as the message FeatureView, types by name.</summary>
internal sealed record FeatureViewJson(
    string Workspace, string Name, long Version, string JoinKey, string JoinKeyType, IReadOnlyList<FieldJson> Schema, long TtlSeconds, bool Online)
{
    public static FeatureViewJson Of(FeatureView view) => new(
        view.Workspace, view.Name, view.Version, view.Entity.JoinKey, FeatureNames.Of(view.Entity.Type),
        [.. view.Schema.Select(field => new FieldJson(field.Name, FeatureNames.Of(field.Type)))], view.TtlSeconds, view.Online);
}

/// <summary>A feature of a service.</summary>
internal sealed record FeatureReferenceJson(string View, string Feature, string Type, string JoinKey, string JoinKeyType);

/// <summary>A feature service; the same fields as the message FeatureService, types by name.</summary>
internal sealed record FeatureServiceJson(string Workspace, string Name, long Version, IReadOnlyList<FeatureReferenceJson> Features)
{
    public static FeatureServiceJson Of(DescribedService service) => new(
        service.Service.Workspace, service.Service.Name, service.Service.Version,
        [.. service.Features.Select(feature => new FeatureReferenceJson(
            feature.View.Name, feature.Name, FeatureNames.Of(feature.View.Schema[feature.Index].Type),
            feature.View.Entity.JoinKey, FeatureNames.Of(feature.View.Entity.Type)))]);
}

/// <summary>What was taken in; the same fields as the message MaterializeResponse.</summary>
internal sealed record MaterializedJson(long Rows, long Stored, long Duplicates, long Online, string Sha256)
{
    public static MaterializedJson Of(Materialized done) => new(done.Rows, done.Stored, done.Duplicates, done.Online, done.Sha256);
}

/// <summary>Rows to push: objects with the join key, event_time and every feature of the view.</summary>
internal sealed record PushJson
{
    public required IReadOnlyList<Dictionary<string, JsonElement>?> Rows { get; set; }
}

/// <summary>What a push did; the same fields as the message PushResponse.</summary>
internal sealed record PushedJson(long Stored, long Online);

/// <summary>What is read from the online store; a feature service, or features written as view:feature.</summary>
/// <remarks>Setters, since generated readers of init properties write null over the defaults of what is left out.</remarks>
internal sealed record OnlineJson
{
    public string FeatureService { get; set; } = "";

    public long FeatureServiceVersion { get; set; }

    public IReadOnlyList<string?> Features { get; set; } = [];

    public IReadOnlyDictionary<string, JsonElement> Entities { get; set; } = new Dictionary<string, JsonElement>();
}

using System.Text.Json.Serialization;
using ModelOps.Registry.Models;

namespace ModelOps.Registry.Governance;

/// <summary>Body of a PUT; what is left out is empty, and so demands nothing.</summary>
/// <remarks>Setters, since generated readers of init properties write null over the defaults of what is left out.</remarks>
internal sealed record SetPolicyJson
{
    public IReadOnlyDictionary<string, double> MetricFloors { get; set; } = new Dictionary<string, double>();

    public IReadOnlyDictionary<string, double> MetricCeilings { get; set; } = new Dictionary<string, double>();

    public bool RequireReferenceProfile { get; set; }

    public GovernancePolicy ToPolicy() => new(MetricFloors, MetricCeilings, RequireReferenceProfile);
}

/// <summary>A policy as REST gives it; the same fields as the message GovernancePolicy.</summary>
internal sealed record PolicyJson(
    string Workspace, string Model, IReadOnlyDictionary<string, double> MetricFloors, IReadOnlyDictionary<string, double> MetricCeilings, bool RequireReferenceProfile)
{
    public static PolicyJson Of(ModelKey model, GovernancePolicy policy) =>
        new(model.Workspace, model.Name, policy.MetricFloors, policy.MetricCeilings, policy.RequireReferenceProfile);
}

/// <summary>JSON of policies and reports, on the wire and in jsonb columns: snake_case, strict when read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(SetPolicyJson))]
[JsonSerializable(typeof(PolicyJson))]
[JsonSerializable(typeof(GovernancePolicy))]
[JsonSerializable(typeof(IReadOnlyList<GateResult>))]
internal sealed partial class GovernanceJson : JsonSerializerContext;

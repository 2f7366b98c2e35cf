using ModelOps.Onnx;
using ModelOps.Registry.Governance;
using ModelOps.Registry.Models;
using ModelOps.Registry.Stages;

namespace ModelOps.Registry.Versions;

/// <summary>A registered version. Never changes, its stage excepted.</summary>
internal sealed record ModelVersion(
    ModelKey Model, long Version, string Sha256, long SizeBytes, ModelSignature Signature, VersionMetadata Metadata, DateTimeOffset CreateTime)
{
    public Stage Stage { get; init; } = Stage.Experimental;

    public GovernanceReport Governance { get; init; } = GovernanceReport.None;

    public Lineage Lineage { get; init; } = new();

    public bool HasReferenceProfile { get; init; }

    /// <summary>How it wants to be served, as canonical JSON.</summary>
    public string Serving { get; init; } = ServingRules.Nothing;
}

/// <summary>A model: a name that holds versions.</summary>
internal sealed record Model(ModelKey Key, long LatestVersion, DateTimeOffset CreateTime);

/// <summary>What the registering side says about a version; limits in registry.proto, checked by <see cref="VersionRules"/>.</summary>
internal sealed record VersionMetadata(
    string Algorithm, string Author, string Description, string TrainingData,
    IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, string> Tags);

/// <summary>One page of a list.</summary>
/// <param name="Items">The entries.</param>
/// <param name="NextPageToken">Where the next page starts; empty on the last one.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string NextPageToken);

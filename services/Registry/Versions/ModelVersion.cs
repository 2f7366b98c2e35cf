using ModelOps.Onnx;

namespace ModelOps.Registry.Versions;

/// <summary>A registered version. Never changes.</summary>
internal sealed record ModelVersion(
    ModelKey Model, long Version, string Sha256, long SizeBytes, ModelSignature Signature, VersionMetadata Metadata, DateTimeOffset CreateTime);

/// <summary>A model: a name that holds versions.</summary>
internal sealed record Model(ModelKey Key, long LatestVersion, DateTimeOffset CreateTime);

/// <summary>A model's name in its workspace.</summary>
internal sealed record ModelKey(string Workspace, string Name)
{
    public const string DefaultWorkspace = "default";

    /// <summary>A key, with the default workspace where none is said.</summary>
    public static ModelKey Of(string? workspace, string name) => new(string.IsNullOrEmpty(workspace) ? DefaultWorkspace : workspace, name);

    public override string ToString() => Workspace == DefaultWorkspace ? Name : $"{Workspace}/{Name}";
}

/// <summary>What the registering side says about a version; limits in registry.proto, checked by <see cref="VersionRules"/>.</summary>
internal sealed record VersionMetadata(
    string Algorithm, string Author, string Description, string TrainingData,
    IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, string> Tags);

/// <summary>One page of a list.</summary>
/// <param name="Items">The entries.</param>
/// <param name="NextPageToken">Where the next page starts; empty on the last one.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string NextPageToken);

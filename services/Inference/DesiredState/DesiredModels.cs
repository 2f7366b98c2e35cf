using ModelOps.Contracts.Gateway.V1;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.DesiredState;

/// <summary>What the Gateway wants held.</summary>
/// <param name="Revision">Grows with every change.</param>
/// <param name="Versions">The versions to hold.</param>
internal sealed record DesiredModels(long Revision, WantedVersion[] Versions)
{
    public static readonly DesiredModels Unknown = new(long.MinValue, []);

    /// <summary>Environment that the replica serves.</summary>
    public string Environment { get; init; } = CatalogSnapshot.DefaultEnvironment;

    public static DesiredModels From(Contracts.Gateway.V1.DesiredState state) => new(
        state.Revision,
        [.. state.Versions.Select(version => new WantedVersion(KeyOf(version), version.Sha256, version.Primary)).DistinctBy(wanted => wanted.Key)])
    {
        Environment = state.Environment.Length > 0 ? state.Environment : CatalogSnapshot.DefaultEnvironment,
    };

    /// <summary>Whether another state wants the same versions of a model.</summary>
    public bool IsAlike(DesiredModels other, ModelName model) => VersionsOf(model).SetEquals(other.VersionsOf(model));

    private HashSet<(VersionKey Key, string Sha256)> VersionsOf(ModelName model) =>
        [.. Versions.Where(version => version.Key.Name == model).Select(version => (version.Key, version.Sha256))];

    private static VersionKey KeyOf(DesiredVersion version) =>
        new(version.Workspace.Length > 0 ? version.Workspace : ModelName.DefaultWorkspace, version.Model, version.Version);
}

/// <summary>A version to hold.</summary>
/// <param name="Key">The version.</param>
/// <param name="Sha256">Digest its artifact must have.</param>
/// <param name="IsPrimary">True when it answers requests that name no version.</param>
internal sealed record WantedVersion(VersionKey Key, string Sha256, bool IsPrimary);

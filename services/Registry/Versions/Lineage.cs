namespace ModelOps.Registry.Versions;

/// <summary>Where a version comes from; limits in registry.proto, checked by <see cref="VersionRules"/>.</summary>
/// <remarks>Setters, since generated readers of init properties write null over the defaults of what is left out.</remarks>
internal sealed record Lineage
{
    /// <summary>Pipeline run that made it; empty: none.</summary>
    public string RunId { get; set; } = "";

    /// <summary>Digest of the training set; empty: not said.</summary>
    public string DatasetSha256 { get; set; } = "";

    /// <summary>Version it is meant to replace; 0: none.</summary>
    public long ParentVersion { get; set; }

    /// <summary>Feature service it reads; empty: none.</summary>
    public string FeatureService { get; set; } = "";

    /// <summary>Version of the feature service; 0 without one.</summary>
    public long FeatureServiceVersion { get; set; }
}

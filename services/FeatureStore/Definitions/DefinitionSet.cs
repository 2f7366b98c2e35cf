namespace ModelOps.FeatureStore.Definitions;

/// <summary>Everything that is defined in a workspace, as of one revision. Immutable.</summary>
/// <param name="Entities">By name.</param>
/// <param name="Views">The newest version of each, by name.</param>
/// <param name="Services">Every version of each, oldest first, by name.</param>
internal sealed record DefinitionSet(
    IReadOnlyDictionary<string, Entity> Entities,
    IReadOnlyDictionary<string, FeatureView> Views,
    IReadOnlyDictionary<string, IReadOnlyList<FeatureService>> Services)
{
    public static DefinitionSet Empty { get; } = new(
        new Dictionary<string, Entity>(), new Dictionary<string, FeatureView>(), new Dictionary<string, IReadOnlyList<FeatureService>>());
}

/// <summary>Everything that is defined, as of one revision. Immutable.</summary>
internal sealed record DefinitionSnapshot(long Revision, IReadOnlyDictionary<string, DefinitionSet> Workspaces)
{
    /// <summary>What is defined in a workspace.</summary>
    public DefinitionSet Of(string workspace) => Workspaces.GetValueOrDefault(workspace, DefinitionSet.Empty);
}

using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>Applies a definitions file to a workspace.</summary>
internal sealed class ApplyDefinitionsHandler(DefinitionStore store, DefinitionCatalog catalog)
{
    /// <summary>Applies a file.</summary>
    /// <param name="workspace">Workspace; empty: the default one.</param>
    /// <param name="yaml">The file.</param>
    /// <param name="ct">Ends the wait for the database.</param>
    /// <returns>What changed; empty when nothing differs.</returns>
    public async Task<Outcome<IReadOnlyList<string>>> HandleAsync(string? workspace, string yaml, CancellationToken ct)
    {
        var named = DefinitionNames.Workspace(workspace);
        var file = named.Then(_ => DefinitionReader.Read(yaml));
        if (!file.Succeeded)
        {
            return file.Refusal;
        }
        var applied = await store.ApplyAsync(named.Value!, file.Value, ct);
        if (applied is { Succeeded: true, Value.Count: > 0 })
        {
            await catalog.RefreshAsync(ct);
        }
        return applied;
    }
}

using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>The definitions as this process last saw them; a read costs no round trip.</summary>
internal sealed class DefinitionCatalog(DefinitionStore store)
{
    private readonly Lock _gate = new();
    private volatile DefinitionSnapshot? _current;

    /// <summary>The last revision that was seen; -1 before the first.</summary>
    public long Revision => _current?.Revision ?? -1;

    /// <summary>What is defined in a workspace.</summary>
    public async ValueTask<Outcome<DefinitionSet>> OfAsync(string workspace, CancellationToken ct)
    {
        var named = DefinitionNames.Workspace(workspace);
        return named.Succeeded ? (_current ?? await RefreshAsync(ct)).Of(named.Value) : named.Refusal;
    }

    /// <summary>One view, in its newest version.</summary>
    public async ValueTask<Outcome<FeatureView>> ViewAsync(string workspace, string name, CancellationToken ct)
    {
        var defined = await OfAsync(workspace, ct);
        return defined.Then<FeatureView>(set => set.Views.TryGetValue(name, out var view) ? view : Refusal.NotFound($"no feature view named {Shown(name)}"));
    }

    /// <summary>One feature service; version 0 stands for the newest.</summary>
    public async ValueTask<Outcome<FeatureService>> ServiceAsync(string workspace, string name, long version, CancellationToken ct) =>
        (await OfAsync(workspace, ct)).Then(set => Find(set, name, version));

    /// <summary>A version of a feature service; 0 stands for the newest.</summary>
    public static Outcome<FeatureService> Find(DefinitionSet defined, string name, long version) =>
        !defined.Services.TryGetValue(name, out var versions) ? Refusal.NotFound($"no feature service named {Shown(name)}")
        : version == 0 ? versions[^1]
        : versions.FirstOrDefault(service => service.Version == version) is { } found ? found
        : Refusal.NotFound($"no version {version} of feature service {name}");

    /// <summary>Reads the definitions now; the caller sees what it has just written.</summary>
    public async Task<DefinitionSnapshot> RefreshAsync(CancellationToken ct)
    {
        var read = await store.ReadAsync(ct);
        lock (_gate)
        {
            return _current = _current is { } known && known.Revision > read.Revision ? known : read;
        }
    }

    private static string Shown(string name) => name.Length <= 128 ? name : $"{name.AsSpan(0, 128)}...";
}

using ModelOps.Registry.Artifacts;
using ModelOps.Registry.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Versions;

/// <summary>What can be asked about models and versions.</summary>
internal sealed class VersionQueries(VersionStore versions, ArtifactStore artifacts)
{
    /// <summary>One version; 0 stands for the newest.</summary>
    public async Task<Outcome<ModelVersion>> GetAsync(ModelKey model, long version, CancellationToken ct) =>
        (ModelRules.Check(model) ?? ModelRules.CheckVersion(version, min: 0)) is { } refusal ? refusal : await versions.FindAsync(model, version, ct);

    /// <summary>A page of a model's versions, newest first.</summary>
    public async Task<Outcome<Page<ModelVersion>>> ListAsync(ModelKey model, int pageSize, string pageToken, CancellationToken ct)
    {
        if (ModelRules.Check(model) is { } refusal)
        {
            return refusal;
        }
        var list = $"{model.Workspace}/{model.Name}";
        var before = long.MaxValue;
        if (pageToken.Length > 0 && !long.TryParse(PageToken.Decode(list, pageToken), out before))
        {
            return WrongToken();
        }
        // One more than asked for tells whether there is a next page.
        var found = await versions.ListAsync(model, before, pageSize + 1, ct);
        return found.Then<Page<ModelVersion>>(items => Cut(items, pageSize, last => PageToken.Encode(list, $"{last.Version}")));
    }

    /// <summary>A page of the models of a workspace, by name.</summary>
    public async Task<Outcome<Page<Model>>> ListModelsAsync(string workspace, int pageSize, string pageToken, CancellationToken ct)
    {
        workspace = workspace.Length == 0 ? ModelKey.DefaultWorkspace : workspace;
        if (ModelRules.CheckWorkspace(workspace) is { } refusal)
        {
            return refusal;
        }
        var list = $"{workspace}/";
        var after = pageToken.Length == 0 ? "" : PageToken.Decode(list, pageToken);
        if (after is null)
        {
            return WrongToken();
        }
        var found = await versions.ListModelsAsync(workspace, after, pageSize + 1, ct);
        return Cut(found, pageSize, last => PageToken.Encode(list, last.Key.Name));
    }

    /// <summary>A version with its artifact, open for reading.</summary>
    public async Task<Outcome<Download>> OpenAsync(ModelKey model, long version, CancellationToken ct)
    {
        if ((ModelRules.Check(model) ?? ModelRules.CheckVersion(version, min: 1)) is { } refusal)
        {
            return refusal;
        }
        var found = await versions.FindAsync(model, version, ct);
        return found.Then(known => artifacts.Open(known.Sha256, known.SizeBytes).Then<Download>(artifact => new Download(known, artifact)));
    }

    /// <summary>The reference profile of a version, as it was given.</summary>
    public async Task<Outcome<byte[]>> ProfileAsync(ModelKey model, long version, CancellationToken ct) =>
        (ModelRules.Check(model) ?? ModelRules.CheckVersion(version, min: 1)) is { } refusal ? refusal : await versions.ProfileAsync(model, version, ct);

    private static Page<T> Cut<T>(List<T> items, int pageSize, Func<T, string> token) =>
        items.Count <= pageSize ? new(items, "") : new(items[..pageSize], token(items[pageSize - 1]));

    private static Refusal WrongToken() => Refusal.Invalid("page_token", "must be the next_page_token of an earlier page of the same list");
}

/// <summary>A version and its artifact.</summary>
internal sealed record Download(ModelVersion Version, StoredArtifact Artifact);

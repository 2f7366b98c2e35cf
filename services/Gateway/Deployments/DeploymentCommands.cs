using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Gateway.Deployments;

/// <summary>Changes and reads deployments.</summary>
internal sealed class DeploymentCommands(ModelRegistry.ModelRegistryClient registry, DeploymentStore store, DeploymentFeed feed, TimeProvider clock)
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1_000;

    /// <summary>Sets the version a model is served with, and those that are held beside it, if the Registry has them.</summary>
    /// <param name="key">The model and the place.</param>
    /// <param name="version">The version.</param>
    /// <param name="pinned">Versions for requests that name them; null: those that are held.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="ct">Ends the change before it is stored.</param>
    public async Task<Outcome<Deployment>> SetAsync(DeploymentKey key, long version, IReadOnlyList<long>? pinned, string actor, CancellationToken ct)
    {
        if (DeploymentRules.FindProblem(key) is { } problem)
        {
            return problem;
        }
        if (DeploymentRules.FindProblem(version, pinned) is { } rule)
        {
            return rule;
        }

        var served = new List<ServedVersion>();
        foreach (var number in pinned is null ? [version] : pinned.Prepend(version))
        {
            var found = await FindVersionAsync(key, number, ct);
            if (found.Value is not { } registered)
            {
                return found.Refusal!;
            }
            served.Add(new(registered.Version, registered.Sha256));
        }
        var set = await store.SetAsync(key, served[0], pinned is null ? null : served[1..], actor, clock.GetUtcNow(), ct);
        await feed.RefreshAsync(ct);
        return set;
    }

    /// <summary>One deployment.</summary>
    public async Task<Outcome<Deployment>> GetAsync(DeploymentKey key, CancellationToken ct)
    {
        if (DeploymentRules.FindProblem(key) is { } problem)
        {
            return problem;
        }
        return await store.FindAsync(key, ct) is { } deployment ? deployment : DeploymentRules.NotDeployed(key);
    }

    /// <summary>A page of a workspace's deployments.</summary>
    public async Task<Outcome<DeploymentPage>> ListAsync(string workspace, int pageSize, string pageToken, CancellationToken ct)
    {
        if (pageSize is < 0 or > MaxPage)
        {
            return Refusal.Invalid("page_size", $"must be 0 to {MaxPage}");
        }
        if (!DeploymentPageToken.TryRead(pageToken, out var after))
        {
            return Refusal.Invalid("page_token", "must be the next_page_token of a page before");
        }

        var size = pageSize == 0 ? DefaultPage : pageSize;
        var found = await store.ListAsync(workspace, after, size + 1, ct);
        return found.Count <= size
            ? new DeploymentPage(found, "")
            : new DeploymentPage([.. found.Take(size)], DeploymentPageToken.After(found[size - 1]));
    }

    /// <summary>Takes a model out of service.</summary>
    public async Task<Outcome<DeploymentKey>> DeleteAsync(DeploymentKey key, CancellationToken ct)
    {
        if (DeploymentRules.FindProblem(key) is { } problem)
        {
            return problem;
        }
        var deleted = await store.DeleteAsync(key, ct);
        await feed.RefreshAsync(ct);
        return deleted;
    }

    private async Task<Outcome<ModelVersion>> FindVersionAsync(DeploymentKey key, long version, CancellationToken ct)
    {
        try
        {
            return await registry.GetModelVersionAsync(
                new() { Workspace = key.Workspace, Model = key.Model, Version = version }, cancellationToken: ct);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return Refusal.NotFound($"the Registry has no version {version} of model '{key.Model}'");
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
        {
            return new Refusal(RefusalKind.Unavailable, "the Registry cannot be reached; nothing was changed");
        }
    }
}

/// <summary>Some deployments, and where the next page begins; empty on the last one.</summary>
internal sealed record DeploymentPage(IReadOnlyList<Deployment> Deployments, string NextPageToken);

using ModelOps.Gateway.Deployments;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Gateway.Rollouts;

/// <summary>Some rollouts, and where the next page begins; empty on the last one.</summary>
internal sealed record RolloutPage(IReadOnlyList<Rollout> Rollouts, string NextPageToken);

/// <summary>Starts, ends and reads rollouts for callers.</summary>
internal sealed class RolloutCommands(RolloutGrants grants, RolloutStore store, RolloutView view, RolloutMetrics metrics)
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1_000;
    private const int MaxReason = 1_024;

    /// <summary>Starts a rollout if the Registry grants it.</summary>
    public async Task<Outcome<Rollout>> StartAsync(DeploymentKey key, long version, string actor, CancellationToken ct)
    {
        if (DeploymentRules.FindProblem(key) is { } problem)
        {
            return problem;
        }
        if (version < 1)
        {
            return Refusal.Invalid("version", "must be 1 or more");
        }

        var granted = await grants.AskAsync(key, version, ct);
        if (granted.Value is not { } candidate)
        {
            return granted.Refusal!;
        }
        var started = await store.StartAsync(key, candidate, actor, ct);
        await view.RefreshAsync(ct);
        return started;
    }

    /// <summary>One rollout.</summary>
    /// <param name="id">Its identity.</param>
    /// <param name="model">The model it has to be of; null: any.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<Outcome<Rollout>> GetAsync(string id, string? model, CancellationToken ct) =>
        Guid.TryParse(id, out var guid) && await store.FindAsync(guid, ct) is { } rollout && (model ?? rollout.Key.Model) == rollout.Key.Model
            ? rollout
            : Refusal.NotFound($"there is no rollout '{id}'");

    /// <summary>A page of a model's rollouts, newest first.</summary>
    public async Task<Outcome<RolloutPage>> ListAsync(DeploymentKey key, int pageSize, string pageToken, CancellationToken ct)
    {
        if (DeploymentRules.FindProblem(key) is { } problem)
        {
            return problem;
        }
        if (pageSize is < 0 or > MaxPage)
        {
            return Refusal.Invalid("page_size", $"must be 0 to {MaxPage}");
        }
        Guid? before = null;
        if (pageToken.Length > 0)
        {
            if (!Guid.TryParse(pageToken, out var last))
            {
                return Refusal.Invalid("page_token", "must be the next_page_token of a page before");
            }
            before = last;
        }

        var size = pageSize == 0 ? DefaultPage : pageSize;
        var found = await store.ListAsync(key, before, size + 1, ct);
        return found.Count <= size ? new RolloutPage(found, "") : new RolloutPage([.. found.Take(size)], found[size - 1].Id.ToString());
    }

    /// <summary>Takes all traffic back to the baseline.</summary>
    public async Task<Outcome<Rollout>> AbortAsync(string id, string? model, string reason, string actor, CancellationToken ct)
    {
        if (reason.Length > MaxReason || reason.Any(char.IsControl))
        {
            return Refusal.Invalid("reason", $"must be one line of at most {MaxReason} characters");
        }
        var found = await GetAsync(id, model, ct);
        if (found.Value is not { } rollout)
        {
            return found.Refusal!;
        }

        var why = reason.Length == 0 ? $"aborted by {actor}" : $"aborted by {actor}: {reason}";
        if (await store.ChangeAsync(rollout.Id, (seen, now) => seen.Abort(why, now), actor, ct) is not { } aborted)
        {
            return new Refusal(RefusalKind.FailedPrecondition, $"rollout {rollout.Id} is over");
        }
        metrics.Stepped(aborted);
        await view.RefreshAsync(ct);
        return aborted;
    }
}

/// <summary>Sets and reads rollout policies for callers.</summary>
internal sealed class RolloutPolicyCommands(RolloutPolicyStore store)
{
    /// <summary>Sets a policy, with the default for what was left at zero.</summary>
    public async Task<Outcome<RolloutPolicy>> SetAsync(DeploymentKey key, RolloutPolicy wish, string actor, CancellationToken ct)
    {
        var policy = wish.WithDefaults();
        if ((DeploymentRules.FindProblem(key) ?? policy.FindProblem()) is { } problem)
        {
            return problem;
        }
        await store.SetAsync(key, policy, actor, ct);
        return policy;
    }

    /// <summary>The policy set, or the default.</summary>
    public async Task<Outcome<RolloutPolicy>> GetAsync(DeploymentKey key, CancellationToken ct)
    {
        if (DeploymentRules.FindProblem(key) is { } problem)
        {
            return problem;
        }
        return await store.FindAsync(key, ct);
    }
}

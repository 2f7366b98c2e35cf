using ModelOps.Contracts.Events.V1;
using ModelOps.Gateway.Deployments;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Messaging;
using Npgsql;

namespace ModelOps.Gateway.Rollouts;

/// <summary>Rollouts in PostgreSQL. A step, the deployment it changes and the events that tell of it are one transaction.</summary>
internal sealed class RolloutStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Starts a rollout beside the version that is deployed now.</summary>
    public async Task<Outcome<Rollout>> StartAsync(DeploymentKey key, ServedVersion candidate, string actor, CancellationToken ct)
    {
        var now = DeploymentRows.AsStored(clock.GetUtcNow());
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var revision = await DeploymentRows.NextRevisionAsync(connection, ct); // locks out every other change
        if (await DeploymentRows.FindAsync(connection, key, ct) is not { } deployment)
        {
            return DeploymentRules.NotDeployed(key);
        }
        if (deployment.Candidate is { } other)
        {
            return DeploymentRules.UnderWay(key, other);
        }
        if (deployment.Current.Version == candidate.Version)
        {
            return new Refusal(RefusalKind.FailedPrecondition, $"version {candidate.Version} of model '{key.Model}' is deployed in {key.Environment} already");
        }

        var rollout = new Rollout(Guid.CreateVersion7(now), key, deployment.Current, candidate, now) { Reason = "started" };
        if (!await RolloutRows.AddAsync(connection, rollout, actor, ct))
        {
            return new Refusal(RefusalKind.FailedPrecondition, $"another rollout of model '{key.Model}' is under way in {key.Environment}");
        }
        await WishRows.RemoveAsync(connection, key, candidate.Version, ct);
        await ApplyAsync(transaction, rollout, deployment, revision, actor, ct);
        await transaction.CommitAsync(ct);
        return rollout;
    }

    /// <summary>Changes a rollout as it is now, while nobody else can.</summary>
    /// <param name="id">The rollout.</param>
    /// <param name="change">What it becomes; null: it stays, nothing is stored.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The rollout after the change, or null.</returns>
    public async Task<Rollout?> ChangeAsync(Guid id, Func<Rollout, DateTimeOffset, Rollout?> change, string actor, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var revision = await DeploymentRows.NextRevisionAsync(connection, ct);
        var now = DeploymentRows.AsStored(clock.GetUtcNow());
        if (await RolloutRows.FindAsync(connection, id, ct) is not { IsActive: true } seen || change(seen, now) is not { } next
            || await DeploymentRows.FindAsync(connection, seen.Key, ct) is not { } deployment || deployment.Candidate?.RolloutId != id)
        {
            return null;
        }
        await RolloutRows.SaveAsync(connection, next, ct);
        await ApplyAsync(transaction, next, deployment, revision, actor, ct);
        await transaction.CommitAsync(ct);
        return next;
    }

    /// <summary>Stores why nothing changes.</summary>
    public async Task HoldAsync(Rollout rollout, string reason, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await RolloutRows.HoldAsync(connection, rollout, reason, ct);
    }

    /// <summary>One rollout.</summary>
    public async Task<Rollout?> FindAsync(Guid id, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await RolloutRows.FindAsync(connection, id, ct);
    }

    /// <summary>Rollouts of a model, newest first, from before one of them.</summary>
    public async Task<IReadOnlyList<Rollout>> ListAsync(DeploymentKey key, Guid? before, int count, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await RolloutRows.ListAsync(connection, key, before, count, ct);
    }

    private static async Task ApplyAsync(NpgsqlTransaction transaction, Rollout rollout, Deployment before, long revision, string actor, CancellationToken ct)
    {
        var time = rollout.StepTime;
        var deployment = rollout.ApplyTo(before, revision, time);
        await DeploymentRows.SaveAsync(transaction.Connection!, deployment, actor, ct);
        await DeploymentEvents.ChangedAsync(transaction, deployment, ct);
        if (!rollout.IsActive)
        {
            var key = rollout.Key;
            await Outbox.EnqueueAsync(
                transaction,
                DeploymentEvents.AggregateOf(key),
                new RolloutFinished(
                    rollout.Id.ToString(), key.Workspace, key.Environment, key.Model, rollout.Baseline.Version, rollout.Candidate.Version, rollout.Outcome, rollout.Reason, time),
                ct);
        }
    }
}

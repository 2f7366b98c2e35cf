using ModelOps.ServiceDefaults.Errors;
using Npgsql;

namespace ModelOps.Gateway.Deployments;

/// <summary>Deployments in PostgreSQL. Every change takes the next revision and tells the other gateways in its transaction.</summary>
internal sealed class DeploymentStore(NpgsqlDataSource database)
{
    /// <summary>
    /// Sets the version of a model, and the versions pinned beside it. Asking again for what is set changes nothing; during a rollout nothing
    /// else may be asked for.
    /// </summary>
    /// <param name="key">The model and the place.</param>
    /// <param name="next">The version.</param>
    /// <param name="pinned">The versions beside it; null: those that are pinned.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="now">When.</param>
    /// <param name="ct">Ends the transaction.</param>
    public async Task<Outcome<Deployment>> SetAsync(
        DeploymentKey key, ServedVersion next, IReadOnlyList<ServedVersion>? pinned, string actor, DateTimeOffset now, CancellationToken ct)
    {
        now = DeploymentRows.AsStored(now);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var revision = await DeploymentRows.NextRevisionAsync(connection, ct); // locks out every other change
        var before = await DeploymentRows.FindAsync(connection, key, ct);
        if (before?.Candidate is { } candidate)
        {
            return DeploymentRules.UnderWay(key, candidate);
        }
        var isNew = before is null || before.Current != next;
        if (!isNew && (pinned is null || pinned.SequenceEqual(before!.Pinned)))
        {
            return before!; // nothing is committed, so the revision stays
        }

        var deployment = isNew ? Deployment.Of(before, key, next, revision, now) : before! with { Revision = revision, UpdateTime = now };
        deployment = pinned is null ? deployment : deployment with { Pinned = [.. pinned] };
        await DeploymentRows.SaveAsync(connection, deployment, actor, ct);
        if (isNew)
        {
            await DeploymentEvents.ChangedAsync(transaction, deployment, ct);
        }
        await transaction.CommitAsync(ct);
        return deployment;
    }

    /// <summary>Removes a deployment, unless a rollout is under way.</summary>
    public async Task<Outcome<DeploymentKey>> DeleteAsync(DeploymentKey key, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await DeploymentRows.NextRevisionAsync(connection, ct);
        if (await DeploymentRows.FindAsync(connection, key, ct) is not { } before)
        {
            return DeploymentRules.NotDeployed(key);
        }
        if (before.Candidate is { } candidate)
        {
            return DeploymentRules.UnderWay(key, candidate);
        }
        await DeploymentRows.DeleteAsync(connection, key, ct);
        await transaction.CommitAsync(ct);
        return key;
    }

    /// <summary>Stops holding the versions whose time is over, unless the deployment changed since it was seen.</summary>
    /// <returns>False when it did.</returns>
    public async Task<bool> DropKeptAsync(Deployment seen, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var revision = await DeploymentRows.NextRevisionAsync(connection, ct);
        if (!await DeploymentRows.DropKeptAsync(connection, seen, revision, ct))
        {
            return false;
        }
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>One deployment.</summary>
    public async Task<Deployment?> FindAsync(DeploymentKey key, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await DeploymentRows.FindAsync(connection, key, ct);
    }

    /// <summary>A page of a workspace's deployments, by model and environment.</summary>
    public async Task<IReadOnlyList<Deployment>> ListAsync(string workspace, (string Model, string Environment) after, int count, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await DeploymentRows.ListAsync(connection, workspace, after, count, ct);
    }

    /// <summary>Everything at one revision.</summary>
    public static async Task<DeploymentSnapshot> ReadSnapshotAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        // Both queries have to see the same moment.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        var revision = await DeploymentRows.ReadRevisionAsync(connection, ct);
        return new(revision, await DeploymentRows.ReadAllAsync(connection, ct));
    }
}

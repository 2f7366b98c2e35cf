using Dapper;
using Npgsql;

namespace ModelOps.Gateway.Deployments;

/// <summary>Deployments in PostgreSQL. Every change takes the next revision and tells the other gateways in its transaction.</summary>
internal sealed class DeploymentStore(NpgsqlDataSource database)
{
    /// <summary>Channel of the notifications; the payload is the revision.</summary>
    public const string Channel = "modelops_gateway_deployments";

    private const string Columns = "workspace, environment, model, version, sha256, previous_version, previous_sha256, revision, update_time";

    /// <summary>Sets the version of a model. Asking again for the version that is set changes nothing.</summary>
    public async Task<Deployment> SetAsync(DeploymentKey key, ServedVersion next, string actor, DateTimeOffset now, CancellationToken ct)
    {
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)); // as precise as it is stored, so the answer is what is read later
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var revision = await NextRevisionAsync(connection, ct); // locks out every other change
        var before = await FindAsync(connection, key, ct);
        if (before is not null && before.Current == next)
        {
            return before; // nothing is committed, so the revision stays
        }

        var kept = Deployment.KeepWhileLoading(before?.Current, before?.Previous, next);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO deployments (workspace, environment, model, version, sha256, previous_version, previous_sha256, revision, update_time, updated_by)
            VALUES (@Workspace, @Environment, @Model, @Version, @Sha256, @PreviousVersion, @PreviousSha256, @Revision, @Now, @Actor)
            ON CONFLICT (workspace, model, environment, segment) DO UPDATE
            SET version = excluded.version, sha256 = excluded.sha256, previous_version = excluded.previous_version,
                previous_sha256 = excluded.previous_sha256, revision = excluded.revision, update_time = excluded.update_time, updated_by = excluded.updated_by
            """,
            new
            {
                key.Workspace,
                key.Environment,
                key.Model,
                next.Version,
                next.Sha256,
                PreviousVersion = kept?.Version,
                PreviousSha256 = kept?.Sha256,
                Revision = revision,
                Now = now.UtcDateTime,
                Actor = actor,
            },
            cancellationToken: ct));
        await transaction.CommitAsync(ct);
        return new(key, next, kept, revision, now);
    }

    /// <summary>Removes a deployment.</summary>
    /// <returns>False when there was none.</returns>
    public Task<bool> DeleteAsync(DeploymentKey key, CancellationToken ct) => ChangeAsync(
        "DELETE FROM deployments WHERE workspace = @Workspace AND environment = @Environment AND model = @Model AND segment = ''", _ => key, ct);

    /// <summary>Stops keeping the previous version, unless the deployment changed since it was seen.</summary>
    public Task<bool> DropPreviousAsync(Deployment seen, CancellationToken ct) => ChangeAsync(
        """
        UPDATE deployments SET previous_version = NULL, previous_sha256 = NULL, revision = @Revision
        WHERE workspace = @Workspace AND environment = @Environment AND model = @Model AND segment = '' AND revision = @Seen
        """,
        revision => new { seen.Key.Workspace, seen.Key.Environment, seen.Key.Model, Seen = seen.Revision, Revision = revision }, ct);

    /// <summary>One deployment.</summary>
    public async Task<Deployment?> FindAsync(DeploymentKey key, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await FindAsync(connection, key, ct);
    }

    /// <summary>A page of a workspace's deployments, by model and environment.</summary>
    public async Task<IReadOnlyList<Deployment>> ListAsync(string workspace, (string Model, string Environment) after, int count, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            SELECT {Columns} FROM deployments
            WHERE workspace = @Workspace AND (model COLLATE "C", environment COLLATE "C") > (@Model, @Environment) AND segment = ''
            ORDER BY model COLLATE "C", environment COLLATE "C" LIMIT @Count
            """,
            new { Workspace = workspace, after.Model, after.Environment, Count = count }, cancellationToken: ct));
        return [.. rows.Select(row => row.ToDeployment())];
    }

    /// <summary>The revision of the desired state.</summary>
    public static Task<long> ReadRevisionAsync(NpgsqlConnection connection, CancellationToken ct) =>
        connection.QuerySingleAsync<long>(new CommandDefinition("SELECT revision FROM desired_state_revision", cancellationToken: ct));

    /// <summary>Everything at one revision.</summary>
    public static async Task<DeploymentSnapshot> ReadSnapshotAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        // Both queries have to see the same moment.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        var revision = await ReadRevisionAsync(connection, ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition($"SELECT {Columns} FROM deployments WHERE segment = ''", cancellationToken: ct));
        return new(revision, [.. rows.Select(row => row.ToDeployment())]);
    }

    private async Task<bool> ChangeAsync(string sql, Func<long, object> parameters, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var revision = await NextRevisionAsync(connection, ct);
        if (await connection.ExecuteAsync(new CommandDefinition(sql, parameters(revision), cancellationToken: ct)) == 0)
        {
            return false;
        }
        await transaction.CommitAsync(ct);
        return true;
    }

    private static Task<long> NextRevisionAsync(NpgsqlConnection connection, CancellationToken ct) =>
        connection.QuerySingleAsync<long>(new CommandDefinition(
            $"""
            WITH next AS (UPDATE desired_state_revision SET revision = revision + 1 RETURNING revision)
            SELECT revision FROM next, LATERAL (SELECT pg_notify('{Channel}', next.revision::text)) AS told
            """,
            cancellationToken: ct));

    private static async Task<Deployment?> FindAsync(NpgsqlConnection connection, DeploymentKey key, CancellationToken ct)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM deployments WHERE workspace = @Workspace AND environment = @Environment AND model = @Model AND segment = ''",
            key, cancellationToken: ct));
        return row?.ToDeployment();
    }

    private sealed record Row(
        string Workspace, string Environment, string Model, long Version, string Sha256,
        long? Previous_Version, string? Previous_Sha256, long Revision, DateTime Update_Time)
    {
        public Deployment ToDeployment() => new(
            new(Workspace, Environment, Model), new(Version, Sha256),
            Previous_Version is { } previous ? new(previous, Previous_Sha256!) : null, Revision, new(Update_Time, TimeSpan.Zero));
    }
}

using Dapper;
using ModelOps.Gateway.Deployments;
using Npgsql;

namespace ModelOps.Gateway.Rollouts;

/// <summary>A version that wants to be rolled out beside the one deployed, and how.</summary>
internal sealed record Wish(DeploymentKey Key, long Version);

/// <summary>The statements on versions that reached the stage staging and were not rolled out yet.</summary>
internal static class WishRows
{
    /// <summary>Adds a wish, unless the version was rolled back before: it would be again.</summary>
    public static Task AddAsync(NpgsqlConnection connection, Wish wish, DateTimeOffset now, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO rollout_wishes (workspace, environment, model, version, create_time)
            SELECT @Workspace, @Environment, @Model, @Version, @Now
            WHERE NOT EXISTS (
                SELECT FROM rollouts
                WHERE workspace = @Workspace AND environment = @Environment AND model = @Model AND candidate_version = @Version AND state = 4)
            ON CONFLICT DO NOTHING
            """,
            new { wish.Key.Workspace, wish.Key.Environment, wish.Key.Model, wish.Version, Now = now.UtcDateTime }, cancellationToken: ct));

    /// <summary>Removes a wish.</summary>
    public static Task RemoveAsync(NpgsqlConnection connection, DeploymentKey key, long version, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM rollout_wishes WHERE workspace = @Workspace AND environment = @Environment AND model = @Model AND version = @version",
            new { key.Workspace, key.Environment, key.Model, version }, cancellationToken: ct));

    /// <summary>Removes the wishes for versions that are deployed or older than what is.</summary>
    public static Task RemoveOutdatedAsync(NpgsqlConnection connection, string environment, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM rollout_wishes wish USING deployments deployed
            WHERE wish.environment = @environment AND deployed.segment = '' AND wish.version <= deployed.version
              AND (deployed.workspace, deployed.environment, deployed.model) = (wish.workspace, wish.environment, wish.model)
            """,
            new { environment }, cancellationToken: ct));

    /// <summary>The newest wish of every model that is deployed, older, rolls out by itself and has no rollout under way.</summary>
    public static async Task<IReadOnlyList<Wish>> ReadDueAsync(NpgsqlConnection connection, string environment, int count, CancellationToken ct)
    {
        var rows = await connection.QueryAsync<(string Workspace, string Model, long Version)>(new CommandDefinition(
            """
            SELECT wish.workspace, wish.model, max(wish.version)
            FROM rollout_wishes wish
            JOIN rollout_policies policy USING (workspace, environment, model)
            JOIN deployments deployed USING (workspace, environment, model)
            WHERE environment = @environment AND policy.automatic AND wish.version > deployed.version AND deployed.segment = '' AND deployed.candidate_version IS NULL
            GROUP BY wish.workspace, wish.model LIMIT @count
            """,
            new { environment, count }, cancellationToken: ct));
        return [.. rows.Select(row => new Wish(new(row.Workspace, environment, row.Model), row.Version))];
    }
}

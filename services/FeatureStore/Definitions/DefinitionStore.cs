using System.Globalization;
using ModelOps.ServiceDefaults.Errors;
using Npgsql;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>Definitions in PostgreSQL. Every change takes the next revision and tells the other replicas in its transaction.</summary>
internal sealed class DefinitionStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Channel of the notifications; the payload is the revision.</summary>
    public const string Channel = "modelops_feature_definitions";

    private const int MaxWorkspaces = 1_000;

    /// <summary>Brings a workspace to what a file says: all of it, or nothing.</summary>
    /// <returns>What changed; empty when nothing did.</returns>
    public async Task<Outcome<IReadOnlyList<string>>> ApplyAsync(string workspace, DefinitionFile file, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, "update features.revision set revision = revision + 1", ct); // locks out every other change
        var current = await ReadAsync(connection, ct);
        if (current.Workspaces.Count >= MaxWorkspaces && !current.Workspaces.ContainsKey(workspace))
        {
            return new Refusal(RefusalKind.FailedPrecondition, $"at most {MaxWorkspaces:N0} workspaces may have definitions");
        }
        var planned = DefinitionPlan.Of(workspace, current.Of(workspace), file);
        if (planned is { Succeeded: true, Value.Changes.Count: > 0 })
        {
            await WriteAsync(connection, workspace, planned.Value, ct);
            await ExecuteAsync(connection, $"select pg_notify('{Channel}', '{current.Revision.ToString(CultureInfo.InvariantCulture)}')", ct);
            await transaction.CommitAsync(ct); // without it, the revision stays as it was
        }
        return planned.Then<IReadOnlyList<string>>(plan => plan.Changes.ToArray());
    }

    /// <summary>Everything that is defined.</summary>
    public async Task<DefinitionSnapshot> ReadAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        return await ReadAsync(connection, ct);
    }

    /// <summary>Number of the last change.</summary>
    public static async Task<long> ReadRevisionAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select revision from features.revision", connection);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Everything that is defined, as the connection's transaction sees it.</summary>
    public static async Task<DefinitionSnapshot> ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var rows = new DefinitionRows();
        const string sql = """
            select revision from features.revision;
            select workspace, name, join_key, join_key_type from features.entities;
            select distinct on (workspace, name) workspace, name, version, entity, ttl_seconds, online, event_time_column, field_names, field_types
            from features.views order by workspace, name, version desc;
            select workspace, name, version, views, features, view_versions from features.services order by workspace, name, version;
            """;
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var revision = reader.GetInt64(0);
        await EachAsync(reader, rows.AddEntity, ct);
        await EachAsync(reader, rows.AddView, ct);
        await EachAsync(reader, rows.AddService, ct);
        return new(revision, rows.ToWorkspaces());
    }

    private static async Task EachAsync(NpgsqlDataReader reader, Action<NpgsqlDataReader> take, CancellationToken ct)
    {
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            take(reader);
        }
    }

    private async Task WriteAsync(NpgsqlConnection connection, string workspace, DefinitionPlan plan, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var entity in plan.NewEntities)
        {
            await ExecuteAsync(
                connection, "insert into features.entities (workspace, name, join_key, join_key_type, created_at) values ($1, $2, $3, $4, $5)", ct,
                workspace, entity.Name, entity.JoinKey, (short)entity.Type, now);
        }
        foreach (var view in plan.ChangedViews)
        {
            const string sql = """
                insert into features.views
                    (workspace, name, version, entity, ttl_seconds, online, event_time_column, field_names, field_types, created_at)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                on conflict (workspace, name, version) do update
                set ttl_seconds = excluded.ttl_seconds, online = excluded.online, event_time_column = excluded.event_time_column
                """;
            await ExecuteAsync(
                connection, sql, ct, workspace, view.Name, view.Version, view.Entity.Name, view.TtlSeconds, view.Online, view.EventTimeColumn,
                view.Schema.Select(field => field.Name).ToArray(), view.Schema.Select(field => (short)field.Type).ToArray(), now);
        }
        foreach (var service in plan.NewServices)
        {
            const string sql = """
                insert into features.services (workspace, name, version, views, features, view_versions, created_at)
                values ($1, $2, $3, $4, $5, $6, $7)
                """;
            await ExecuteAsync(
                connection, sql, ct, workspace, service.Name, service.Version, service.Features.Select(feature => feature.View).ToArray(),
                service.Features.Select(feature => feature.Feature).ToArray(), service.Features.Select(feature => feature.ViewVersion).ToArray(), now);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }
        await command.ExecuteNonQueryAsync(ct);
    }
}

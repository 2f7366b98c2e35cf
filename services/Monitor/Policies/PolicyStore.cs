using Dapper;
using ModelOps.Monitor.Storage;
using Npgsql;

namespace ModelOps.Monitor.Policies;

/// <summary>Policies in PostgreSQL.</summary>
internal sealed class PolicyStore(NpgsqlDataSource database)
{
    private const string Select = """
        select window_rows as WindowRows, window_seconds as WindowSeconds, window_idle_seconds as WindowIdleSeconds,
               minimum_rows as MinimumRows, drifted_share as DriftedShare
        from monitor.policies where workspace = @workspace and model = @model
        """;

    /// <summary>The policy of a model: the one set, or the defaults.</summary>
    public static async Task<MonitoringPolicy> FindAsync(string workspace, string model, NpgsqlTransaction transaction, CancellationToken ct) =>
        await transaction.Connection!.QuerySingleOrDefaultAsync<MonitoringPolicy>(transaction.Command(Select, new { workspace, model }, ct)) ?? MonitoringPolicy.Default;

    /// <inheritdoc cref="FindAsync(string, string, NpgsqlTransaction, CancellationToken)"/>
    public async Task<MonitoringPolicy> FindAsync(string workspace, string model, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<MonitoringPolicy>(SqlCommands.Command(Select, new { workspace, model }, ct)) ?? MonitoringPolicy.Default;
    }

    public async Task SetAsync(string workspace, string model, MonitoringPolicy policy, CancellationToken ct)
    {
        const string sql = """
            insert into monitor.policies (workspace, model, window_rows, window_seconds, window_idle_seconds, minimum_rows, drifted_share)
            values (@workspace, @model, @WindowRows, @WindowSeconds, @WindowIdleSeconds, @MinimumRows, @DriftedShare)
            on conflict (workspace, model) do update set
                window_rows = excluded.window_rows, window_seconds = excluded.window_seconds, window_idle_seconds = excluded.window_idle_seconds,
                minimum_rows = excluded.minimum_rows, drifted_share = excluded.drifted_share
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(SqlCommands.Command(sql, new
        {
            workspace,
            model,
            policy.WindowRows,
            policy.WindowSeconds,
            policy.WindowIdleSeconds,
            policy.MinimumRows,
            policy.DriftedShare,
        }, ct));
    }
}

using Dapper;
using ModelOps.Monitor.Naming;
using ModelOps.Monitor.Storage;
using Npgsql;

namespace ModelOps.Monitor.Alerts;

/// <summary>Alerts in PostgreSQL; at most one open for a version and rule.</summary>
internal sealed class AlertStore(NpgsqlDataSource database)
{
    /// <summary>Raises an alert.</summary>
    /// <returns>False when one is open for this version and rule already.</returns>
    public static async Task<bool> RaiseAsync(AlertRow alert, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = """
            insert into monitor.alerts (alert_id, workspace, environment, model, version, rule, severity, summary, window_id, raise_time)
            values (@AlertId, @Workspace, @Environment, @Model, @Version, @Rule, @Severity, @Summary, @WindowId, @RaiseTime)
            on conflict (workspace, environment, model, version, rule) where resolve_time is null do nothing
            """;
        return await transaction.Connection!.ExecuteAsync(transaction.Command(sql, alert, ct)) == 1;
    }

    /// <summary>Resolves the open alert of a version and rule.</summary>
    /// <returns>The alert; null when none was open.</returns>
    public static Task<AlertRow?> ResolveAsync(ServedVersion served, string rule, DateTime now, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = $"""
            update monitor.alerts set resolve_time = @now
            where workspace = @Workspace and environment = @Environment and model = @Model and version = @Version and rule = @rule
                and resolve_time is null
            returning {AlertRow.Columns}
            """;
        return transaction.Connection!.QuerySingleOrDefaultAsync<AlertRow>(transaction.Command(
            sql, new { served.Workspace, served.Environment, served.Model, served.Version, rule, now }, ct));
    }

    /// <summary>Alerts before a position, newest first; an empty model stands for all.</summary>
    public async Task<List<AlertRow>> ListAsync(string workspace, string model, long before, int count, CancellationToken ct)
    {
        const string sql = $"""
            select {AlertRow.Columns} from monitor.alerts
            where workspace = @workspace and (@model = '' or model = @model) and position < @before
            order by position desc limit @count
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<AlertRow>(SqlCommands.Command(sql, new { workspace, model, before, count }, ct))).AsList();
    }
}

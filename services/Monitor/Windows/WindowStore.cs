using Dapper;
using ModelOps.Monitor.Naming;
using ModelOps.Monitor.Policies;
using ModelOps.Monitor.Storage;
using Npgsql;

namespace ModelOps.Monitor.Windows;

/// <summary>Windows in PostgreSQL. Filled in the transaction that stores their predictions.</summary>
internal sealed class WindowStore(NpgsqlDataSource database)
{
    private const string FillColumns = """
        window_id as Id, rows, open_time as OpenTime, latest_time as LatestTime,
        first_event_time as FirstEventTime, last_event_time as LastEventTime, close_time as CloseTime
        """;

    /// <summary>Puts predictions into the windows of their version.</summary>
    /// <returns>Which window each went to.</returns>
    public static async Task<Guid[]> FillAsync(
        ServedVersion served, IReadOnlyList<DateTime> eventTimes, DateTime now, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string find = $"""
            select {FillColumns} from monitor.windows
            where workspace = @Workspace and environment = @Environment and model = @Model and version = @Version and state = 1
            for update
            """;
        var policy = await PolicyStore.FindAsync(served.Workspace, served.Model, transaction, ct);
        var open = await transaction.Connection!.QuerySingleOrDefaultAsync<WindowFill>(transaction.Command(find, served, ct));
        var (windows, windowOf) = WindowFilling.Fill(open, eventTimes, policy, now);
        foreach (var window in windows)
        {
            await SaveAsync(served, window, transaction, ct);
        }
        return windowOf;
    }

    /// <summary>Closes the windows whose time has come.</summary>
    /// <returns>How many were closed.</returns>
    public async Task<int> CloseDueAsync(DateTime now, CancellationToken ct)
    {
        const string find = $"select workspace, environment, model, version, {FillColumns} from monitor.windows where state = 1 for update skip locked";
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var open = await connection.QueryAsync<ServedVersion, WindowFill, (ServedVersion Served, WindowFill Fill)>(
            transaction.Command(find, null, ct), (served, fill) => (served, fill));
        var closed = 0;
        foreach (var (served, fill) in open)
        {
            if (fill.IsDue(await PolicyStore.FindAsync(served.Workspace, served.Model, transaction, ct), now))
            {
                await SaveAsync(served, fill.Close(now), transaction, ct);
                closed++;
            }
        }
        await transaction.CommitAsync(ct);
        return closed;
    }

    /// <summary>Windows of a model before a position, newest first.</summary>
    public async Task<List<WindowRow>> ListAsync(string workspace, string model, long version, long before, int count, CancellationToken ct)
    {
        const string sql = $"""
            select {WindowRow.Columns} from monitor.windows
            where workspace = @workspace and model = @model and position < @before and (version = @version or @version = 0)
            order by position desc limit @count
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<WindowRow>(SqlCommands.Command(sql, new { workspace, model, version, before, count }, ct))).AsList();
    }

    /// <summary>The last assessed window of each version, of the versions with the newest ones.</summary>
    public async Task<List<WindowRow>> LatestAssessedAsync(int count, CancellationToken ct)
    {
        // Looks back over a bounded number of windows, however many there are.
        const string sql = $"""
            with recent as (
                select * from monitor.windows where state = 3 order by position desc limit 1000
            ), latest as (
                select distinct on (workspace, environment, model, version) * from recent
                order by workspace, environment, model, version, position desc
            )
            select {WindowRow.Columns} from latest order by position desc limit @count
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<WindowRow>(SqlCommands.Command(sql, new { count }, ct))).AsList();
    }

    private static Task<int> SaveAsync(ServedVersion served, WindowFill window, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = """
            insert into monitor.windows
                (window_id, workspace, environment, model, version, state, rows, open_time, latest_time, close_time, first_event_time, last_event_time)
            values
                (@Id, @Workspace, @Environment, @Model, @Version, @state, @Rows, @OpenTime, @LatestTime, @CloseTime, @FirstEventTime, @LastEventTime)
            on conflict (window_id) do update set
                state = excluded.state, rows = excluded.rows, latest_time = excluded.latest_time, close_time = excluded.close_time,
                first_event_time = excluded.first_event_time, last_event_time = excluded.last_event_time
            """;
        var state = (short)(window.CloseTime is null ? WindowState.Open : WindowState.Closed);
        return transaction.Connection!.ExecuteAsync(transaction.Command(sql, new
        {
            window.Id,
            served.Workspace,
            served.Environment,
            served.Model,
            served.Version,
            state,
            window.Rows,
            window.OpenTime,
            window.LatestTime,
            window.CloseTime,
            window.FirstEventTime,
            window.LastEventTime,
        }, ct));
    }
}

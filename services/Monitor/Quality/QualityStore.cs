using Dapper;
using ModelOps.Monitor.Storage;
using ModelOps.Monitor.Windows;
using Npgsql;

namespace ModelOps.Monitor.Quality;

/// <summary>Keeps the quality of windows at what their labels say: those that were marked since it was computed are computed again.</summary>
internal sealed class QualityStore(NpgsqlDataSource database)
{
    private const int MostAtOnce = 1_000;

    /// <summary>Computes what is marked of a model, so that what is read after it knows every label pushed before.</summary>
    public async Task RefreshModelAsync(string workspace, string model, CancellationToken ct)
    {
        const string sql = """
            select window_id from monitor.windows_to_judge join monitor.windows using (window_id)
            where workspace = @workspace and model = @model order by mark_time limit @count
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        await RefreshAsync(await connection.QueryAsync<Guid>(SqlCommands.Command(sql, new { workspace, model, count = MostAtOnce }, ct)), connection, ct);
    }

    /// <summary>Computes some of all that is marked, the oldest marks first.</summary>
    public async Task RefreshOldestAsync(int count, CancellationToken ct)
    {
        const string sql = "select window_id from monitor.windows_to_judge order by mark_time limit @count";
        await using var connection = await database.OpenConnectionAsync(ct);
        await RefreshAsync(await connection.QueryAsync<Guid>(SqlCommands.Command(sql, new { count }, ct)), connection, ct);
    }

    private static async Task RefreshAsync(IEnumerable<Guid> marked, NpgsqlConnection connection, CancellationToken ct)
    {
        foreach (var window in marked)
        {
            // One transaction a window: nobody waits for two of them.
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await ComputeAsync(window, transaction, ct);
            await transaction.CommitAsync(ct);
        }
    }

    private static async Task ComputeAsync(Guid window, NpgsqlTransaction transaction, CancellationToken ct)
    {
        // Taking the mark away waits for pushes that are writing it; the rows are read after that, so they are in.
        const string unmark = "delete from monitor.windows_to_judge where window_id = @window";
        const string select = "select label, score from monitor.predictions where window_id = @window and label is not null and error = '' and score is not null";
        const string save = "update monitor.windows set quality = @quality::jsonb where window_id = @window";
        var connection = transaction.Connection!;
        if (await connection.ExecuteAsync(transaction.Command(unmark, new { window }, ct)) == 0)
        {
            return; // somebody else has just computed it
        }
        var rows = (await connection.QueryAsync<(double Label, double Score)>(transaction.Command(select, new { window }, ct))).AsList();
        var quality = FindingJson.Write(QualityRules.Of(rows));
        await connection.ExecuteAsync(transaction.Command(save, new { window, quality }, ct));
    }
}

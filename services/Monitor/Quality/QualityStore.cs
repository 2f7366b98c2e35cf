using Dapper;
using ModelOps.Monitor.Storage;
using ModelOps.Monitor.Windows;
using Npgsql;

namespace ModelOps.Monitor.Quality;

/// <summary>Keeps the quality of windows at what their labels say: those that were marked since it was computed are computed again.</summary>
internal sealed class QualityStore(NpgsqlDataSource database)
{
    /// <summary>Computes what is marked among these windows.</summary>
    /// <returns>The new quality of those that were computed, as JSON.</returns>
    public async Task<IReadOnlyDictionary<Guid, string>> RefreshAsync(Guid[] windows, CancellationToken ct)
    {
        const string sql = "select window_id from monitor.windows_to_judge where window_id = any (@windows)";
        await using var connection = await database.OpenConnectionAsync(ct);
        return await RefreshAsync(await connection.QueryAsync<Guid>(SqlCommands.Command(sql, new { windows }, ct)), connection, ct);
    }

    /// <summary>Computes some of all that is marked, the oldest marks first.</summary>
    /// <returns>How many were computed.</returns>
    public async Task<int> RefreshOldestAsync(int count, CancellationToken ct)
    {
        const string sql = "select window_id from monitor.windows_to_judge order by mark_time limit @count";
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await RefreshAsync(await connection.QueryAsync<Guid>(SqlCommands.Command(sql, new { count }, ct)), connection, ct)).Count;
    }

    private static async Task<Dictionary<Guid, string>> RefreshAsync(IEnumerable<Guid> marked, NpgsqlConnection connection, CancellationToken ct)
    {
        var computed = new Dictionary<Guid, string>();
        foreach (var window in marked)
        {
            // One transaction a window: nobody waits for two of them.
            await using var transaction = await connection.BeginTransactionAsync(ct);
            if (await ComputeAsync(window, transaction, ct) is { } quality)
            {
                computed[window] = quality;
            }
            await transaction.CommitAsync(ct);
        }
        return computed;
    }

    private static async Task<string?> ComputeAsync(Guid window, NpgsqlTransaction transaction, CancellationToken ct)
    {
        // Taking the mark away waits for pushes that are writing it; the rows are read after that, so they are in.
        const string unmark = "delete from monitor.windows_to_judge where window_id = @window";
        const string select = "select label, score from monitor.predictions where window_id = @window and label is not null and error = '' and score is not null";
        const string save = "update monitor.windows set quality = @quality::jsonb where window_id = @window";
        var connection = transaction.Connection!;
        if (await connection.ExecuteAsync(transaction.Command(unmark, new { window }, ct)) == 0)
        {
            return null;
        }
        var rows = (await connection.QueryAsync<(double Label, double Score)>(transaction.Command(select, new { window }, ct))).AsList();
        var quality = FindingJson.Write(QualityRules.Of(rows));
        await connection.ExecuteAsync(transaction.Command(save, new { window, quality }, ct));
        return quality;
    }
}

using Dapper;
using ModelOps.Monitor.Naming;
using ModelOps.Monitor.Storage;
using ModelOps.ServiceDefaults.Errors;
using Npgsql;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Labels;

/// <summary>Stores true outcomes, all or none, and marks the windows they belong to.</summary>
internal sealed class PushLabelsHandler(NpgsqlDataSource database, LabelMetrics metrics, TimeProvider clock)
{
    public async Task<Outcome<Wire.PushLabelsResponse>> HandleAsync(Wire.PushLabelsRequest request, CancellationToken ct)
    {
        var workspace = Names.Workspace(request.Workspace);
        var labels = LabelRules.ByPrediction(request.Labels);
        if ((Names.CheckWorkspace(workspace) ?? labels.Refusal) is { } refusal)
        {
            return refusal;
        }

        var stored = await StoreAsync(workspace, labels.Value!, ct);
        metrics.Pushed(stored);
        return stored.Then<Wire.PushLabelsResponse>(count => new Wire.PushLabelsResponse { Stored = count });
    }

    private async Task<Outcome<long>> StoreAsync(string workspace, Dictionary<string, double> labels, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var stored = await LockAsync(workspace, [.. labels.Keys], transaction, ct);
        if (LabelRules.CheckAgainst(labels, stored) is { } refusal)
        {
            return refusal;
        }
        var added = labels.Where(label => stored[label.Key] is null).ToList();
        await WriteAsync(workspace, added, transaction, ct);
        await transaction.CommitAsync(ct);
        return added.Count;
    }

    // In one order, so that two pushes of the same predictions never wait for each other.
    private static async Task<Dictionary<string, double?>> LockAsync(string workspace, string[] ids, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = """
            select prediction_id, label from monitor.predictions where workspace = @workspace and prediction_id = any (@ids)
            order by prediction_id for no key update
            """;
        var rows = await transaction.Connection!.QueryAsync<(string Id, double? Label)>(transaction.Command(sql, new { workspace, ids }, ct));
        return rows.ToDictionary(row => row.Id, row => row.Label, StringComparer.Ordinal);
    }

    private Task<int> WriteAsync(string workspace, List<KeyValuePair<string, double>> added, NpgsqlTransaction transaction, CancellationToken ct)
    {
        // The mark is written again where there is one: that waits for whoever is computing the quality just now without these labels.
        const string sql = """
            with labelled as (
                update monitor.predictions p set label = given.label, label_time = @now
                from unnest(@ids, @labels) as given (id, label)
                where p.workspace = @workspace and p.prediction_id = given.id
                returning p.window_id
            )
            insert into monitor.windows_to_judge (window_id, mark_time) select distinct window_id, @now from labelled order by window_id
            on conflict (window_id) do update set mark_time = excluded.mark_time
            """;
        var (ids, labels) = (added.Select(label => label.Key).ToArray(), added.Select(label => label.Value).ToArray());
        return transaction.Connection!.ExecuteAsync(transaction.Command(sql, new { workspace, ids, labels, now = clock.GetUtcNow().UtcDateTime }, ct));
    }
}

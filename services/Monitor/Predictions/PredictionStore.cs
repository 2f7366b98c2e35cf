using System.Runtime.CompilerServices;
using Dapper;
using ModelOps.Monitor.Storage;
using Npgsql;
using NpgsqlTypes;

namespace ModelOps.Monitor.Predictions;

/// <summary>The prediction log in PostgreSQL.</summary>
internal sealed class PredictionStore(NpgsqlDataSource database)
{
    /// <summary>
    /// Keeps everybody else from storing predictions of these models until the transaction ends: so a page of the log never
    /// misses a row that got an earlier position and was committed later, and a window has one writer.
    /// </summary>
    public static async Task LockAsync(IEnumerable<PredictionRow> rows, NpgsqlTransaction transaction, CancellationToken ct)
    {
        // In one order, so that two transactions with the same models never wait for each other.
        foreach (var model in rows.Select(row => $"{row.Workspace}/{row.Model}").Distinct().Order(StringComparer.Ordinal))
        {
            await transaction.Connection!.ExecuteAsync(transaction.Command(
                "select pg_advisory_xact_lock(hashtextextended(@model, 20861))", new { model }, ct));
        }
    }

    /// <summary>Which of these are stored already.</summary>
    public static async Task<HashSet<(string Workspace, string Id)>> KnownAsync(IReadOnlyList<PredictionRow> rows, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = """
            select workspace, prediction_id from monitor.predictions
            join unnest(@workspaces, @ids) as batch (workspace, prediction_id) using (workspace, prediction_id)
            """;
        var batch = new { workspaces = rows.Select(row => row.Workspace).ToArray(), ids = rows.Select(row => row.PredictionId).ToArray() };
        return [.. await transaction.Connection!.QueryAsync<(string, string)>(transaction.Command(sql, batch, ct))];
    }

    /// <summary>Adds rows in their order.</summary>
    /// <returns>How many were added: fewer when another transaction stored one of them meanwhile, under another model.</returns>
    public static async Task<int> InsertAsync(IReadOnlyList<PredictionRow> rows, Guid[] windows, DateTimeOffset now, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = """
            insert into monitor.predictions
                (workspace, prediction_id, environment, segment, model, version, time, event_time, latency_us, error,
                 entities, features, store_features, prediction, score, defaulted_features, window_id, store_time)
            select workspace, prediction_id, environment, segment, model, version, time, event_time, latency_us, error,
                   entities::jsonb, features::jsonb, store_features::jsonb, prediction, score, defaulted_features::jsonb, window_id, $18
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) with ordinality as batch
                (workspace, prediction_id, environment, segment, model, version, time, event_time, latency_us, error,
                 entities, features, store_features, prediction, score, defaulted_features, window_id, n)
            order by n
            on conflict do nothing
            """;
        await using var insert = new NpgsqlCommand(sql, transaction.Connection, transaction);
        Add(insert, rows, NpgsqlDbType.Text, row => row.Workspace);
        Add(insert, rows, NpgsqlDbType.Text, row => row.PredictionId);
        Add(insert, rows, NpgsqlDbType.Text, row => row.Environment);
        Add(insert, rows, NpgsqlDbType.Text, row => row.Segment);
        Add(insert, rows, NpgsqlDbType.Text, row => row.Model);
        Add(insert, rows, NpgsqlDbType.Bigint, row => row.Version);
        Add(insert, rows, NpgsqlDbType.TimestampTz, row => row.Time);
        Add(insert, rows, NpgsqlDbType.TimestampTz, row => row.EventTime);
        Add(insert, rows, NpgsqlDbType.Bigint, row => row.LatencyUs);
        Add(insert, rows, NpgsqlDbType.Text, row => row.Error);
        Add(insert, rows, NpgsqlDbType.Text, row => row.Entities);
        Add(insert, rows, NpgsqlDbType.Text, row => row.Features);
        Add(insert, rows, NpgsqlDbType.Text, row => row.StoreFeatures);
        Add(insert, rows, NpgsqlDbType.Text, row => row.Prediction);
        Add(insert, rows, NpgsqlDbType.Double, row => row.Score);
        Add(insert, rows, NpgsqlDbType.Text, row => row.DefaultedFeatures);
        insert.Parameters.Add(new() { Value = windows, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        insert.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return await insert.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Rows of a model after a position, in store order.</summary>
    public async Task<List<PredictionRow>> ListAsync(string workspace, string model, long version, long after, int count, CancellationToken ct)
    {
        const string sql = $"""
            select {PredictionRow.Columns} from monitor.predictions
            where workspace = @workspace and model = @model and position > @after and (version = @version or @version = 0)
            order by position limit @count
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<PredictionRow>(SqlCommands.Command(sql, new { workspace, model, version, after, count }, ct))).AsList();
    }

    /// <summary>Labelled rows by event time, then id, as they are when the reading begins; not held in memory.</summary>
    public async IAsyncEnumerable<PredictionRow> ReadLabelledAsync(
        string workspace, string environment, string model, DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken ct)
    {
        const string sql = $"""
            select {PredictionRow.Columns} from monitor.predictions
            where workspace = @workspace and environment = @environment and model = @model and label is not null
                and event_time >= @from and event_time <= @to
            order by event_time, prediction_id
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        await foreach (var row in connection.QueryUnbufferedAsync<PredictionRow>(sql, new { workspace, environment, model, from, to }).WithCancellation(ct))
        {
            yield return row;
        }
    }

    /// <summary>The features of a window's answered predictions, row by row; not held in memory.</summary>
    public async IAsyncEnumerable<string> ReadFeaturesAsync(Guid window, [EnumeratorCancellation] CancellationToken ct)
    {
        const string sql = "select features::text from monitor.predictions where window_id = @window and error = ''";
        await using var connection = await database.OpenConnectionAsync(ct);
        await foreach (var features in connection.QueryUnbufferedAsync<string>(sql, new { window }).WithCancellation(ct))
        {
            yield return features;
        }
    }

    private static void Add<T>(NpgsqlCommand command, IReadOnlyList<PredictionRow> rows, NpgsqlDbType type, Func<PredictionRow, T> column) =>
        command.Parameters.Add(new() { Value = rows.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}

using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;
using Npgsql;
using NpgsqlTypes;

namespace ModelOps.FeatureStore.History;

/// <summary>The history in PostgreSQL.</summary>
internal sealed class HistoryStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Adds rows; those that are there already stay as they are. One round trip.</summary>
    /// <param name="view">Their view.</param>
    /// <param name="rows">The rows, each entity and event time once.</param>
    /// <param name="ct">Ends the wait for the database.</param>
    /// <returns>How many were not there before, and every row as the history has it now.</returns>
    public async Task<(long Stored, IReadOnlyList<HistoryRow> Kept)> AddAsync(FeatureView view, IReadOnlyList<HistoryRow> rows, CancellationToken ct)
    {
        const string sql = """
            with given as (select * from unnest($3, $4, $5) as given (entity, event_time, packed)),
            added as (
                insert into features.history (workspace, view, entity, event_time, created_time, packed)
                select $1, $2, entity, event_time, $6, packed from given order by entity, event_time
                on conflict do nothing
                returning entity, event_time)
            select given.entity, given.event_time, added.entity is not null, case when added.entity is not null then given.packed else known.packed end
            from given
            left join added using (entity, event_time)
            left join features.history known
                on known.workspace = $1 and known.view = $2 and known.entity = given.entity and known.event_time = given.event_time
            """;
        await using var command = database.CreateCommand(sql);
        AddView(command, view);
        AddArray(command, NpgsqlDbType.Bytea, rows.Select(row => row.Entity).ToArray());
        AddArray(command, NpgsqlDbType.TimestampTz, rows.Select(row => EventTime.ToUtc(row.EventTime)).ToArray());
        AddArray(command, NpgsqlDbType.Bytea, rows.Select(row => row.Packed).ToArray());
        command.Parameters.Add(new() { Value = clock.GetUtcNow().UtcDateTime });

        var kept = new List<HistoryRow>(rows.Count);
        var unseen = new List<HistoryRow>();
        var stored = 0L;
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                stored += reader.GetBoolean(2) ? 1 : 0;
                var isSeen = !await reader.IsDBNullAsync(3, ct);
                (isSeen ? kept : unseen).Add(new(reader.Bytes(0), reader.Time(1), isSeen ? reader.Bytes(3) : []));
            }
        }
        // Somebody else added the same row while the statement ran: it is there now, and was not in what the statement saw.
        foreach (var row in unseen)
        {
            kept.Add(row with { Packed = await PackedAsync(view, row, ct) });
        }
        return (stored, kept);
    }

    /// <summary>For each entity and moment, the newest row that is not younger; by the number of the pair.</summary>
    public async Task<Row?[]> NewestAsync(FeatureView view, IReadOnlyList<byte[]> entities, IReadOnlyList<long> moments, CancellationToken ct)
    {
        // An entity and event time has one row, so there are no ties to break by the time it was created.
        const string sql = """
            select given.number, newest.packed
            from unnest($3, $4) with ordinality as given (entity, moment, number)
            cross join lateral (
                select packed from features.history
                where workspace = $1 and view = $2 and entity = given.entity and event_time <= given.moment
                order by event_time desc limit 1) newest
            """;
        await using var command = database.CreateCommand(sql);
        AddView(command, view);
        AddArray(command, NpgsqlDbType.Bytea, entities.ToArray());
        AddArray(command, NpgsqlDbType.TimestampTz, moments.Select(EventTime.ToUtc).ToArray());
        var found = new Row?[entities.Count];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found[reader.GetInt64(0) - 1] = Unpack(reader.Bytes(1), view);
        }
        return found;
    }

    /// <summary>Rows of a view by event time, then entity.</summary>
    /// <param name="view">The view.</param>
    /// <param name="after">Only rows behind this event time and entity.</param>
    /// <param name="to">Only rows before this event time.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="ct">Ends the wait for the database.</param>
    public async Task<List<(byte[] Entity, Row Row)>> ReadAsync(FeatureView view, (long EventTime, byte[] Entity) after, long to, int count, CancellationToken ct)
    {
        const string sql = """
            select entity, packed from features.history
            where workspace = $1 and view = $2 and (event_time, entity) > ($3, $4) and event_time < $5
            order by event_time, entity limit $6
            """;
        await using var command = database.CreateCommand(sql);
        AddView(command, view);
        command.Parameters.Add(new() { Value = EventTime.ToUtc(after.EventTime) });
        command.Parameters.Add(new() { Value = after.Entity });
        command.Parameters.Add(new() { Value = EventTime.ToUtc(to) });
        command.Parameters.Add(new() { Value = count });
        var rows = new List<(byte[], Row)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            rows.Add((reader.Bytes(0), Unpack(reader.Bytes(1), view)));
        }
        return rows;
    }

    private async Task<byte[]> PackedAsync(FeatureView view, HistoryRow row, CancellationToken ct)
    {
        const string sql = "select packed from features.history where workspace = $1 and view = $2 and entity = $3 and event_time = $4";
        await using var command = database.CreateCommand(sql);
        AddView(command, view);
        command.Parameters.Add(new() { Value = row.Entity });
        command.Parameters.Add(new() { Value = EventTime.ToUtc(row.EventTime) });
        return (byte[])(await command.ExecuteScalarAsync(ct))!;
    }

    private static void AddArray(NpgsqlCommand command, NpgsqlDbType type, object values) =>
        command.Parameters.Add(new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });

    private static void AddView(NpgsqlCommand command, FeatureView view)
    {
        command.Parameters.Add(new() { Value = view.Workspace });
        command.Parameters.Add(new() { Value = view.Name });
    }

    private static Row Unpack(byte[] packed, FeatureView view) => RowCodec.Unpack(packed, view.Version, view.Schema)
        ?? throw new Refusal(RefusalKind.DataLoss, $"the history of {view.Name} holds a row that cannot be read").ToRpcException();
}

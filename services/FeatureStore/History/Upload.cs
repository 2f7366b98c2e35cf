using System.Buffers.Binary;
using System.Security.Cryptography;
using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.Values;
using Npgsql;
using NpgsqlTypes;

namespace ModelOps.FeatureStore.History;

/// <summary>
/// Rows of a file on their way into the history, in a temporary table of one connection. Until <see cref="CommitAsync"/> nothing
/// of them is seen by anybody, and a connection that goes away takes them along.
/// </summary>
internal sealed class Upload : IAsyncDisposable
{
    private const int CommandTimeoutSeconds = 600;

    private readonly NpgsqlConnection _connection;
    private readonly FeatureView _view;
    private NpgsqlBinaryImporter? _import;

    private Upload(NpgsqlConnection connection, FeatureView view) => (_connection, _view) = (connection, view);

    /// <summary>Rows that were added.</summary>
    public long Rows { get; private set; }

    /// <summary>Opens a connection and an empty table on it.</summary>
    public static async Task<Upload> BeginAsync(NpgsqlDataSource database, FeatureView view, CancellationToken ct)
    {
        var upload = new Upload(await database.OpenConnectionAsync(ct), view);
        try
        {
            await using var create = upload.Command("create temporary table upload (line bigint, entity bytea, event_time timestamptz, packed bytea)");
            await create.ExecuteNonQueryAsync(ct);
            upload._import = await upload._connection.BeginBinaryImportAsync("copy upload from stdin (format binary)", ct);
            return upload;
        }
        catch
        {
            await upload.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a row.</summary>
    public async Task AddAsync(long line, HistoryRow row, CancellationToken ct)
    {
        await _import!.StartRowAsync(ct);
        await _import.WriteAsync(line, NpgsqlDbType.Bigint, ct);
        await _import.WriteAsync(row.Entity, NpgsqlDbType.Bytea, ct);
        await _import.WriteAsync(EventTime.ToUtc(row.EventTime), NpgsqlDbType.TimestampTz, ct);
        await _import.WriteAsync(row.Packed, NpgsqlDbType.Bytea, ct);
        Rows++;
    }

    /// <summary>Ends the rows and looks for two that contradict each other.</summary>
    /// <returns>The lines of two rows with the same entity and event time and other values; null when there are none.</returns>
    public async Task<(long First, long Second)?> CompleteAsync(CancellationToken ct)
    {
        await _import!.CompleteAsync(ct);
        await _import.DisposeAsync();
        _import = null;
        const string sql = """
            select first, line from (
                select line, packed, first_value(line) over same as first, first_value(packed) over same as first_packed
                from upload window same as (partition by entity, event_time order by line)) rows
            where packed <> first_packed order by line limit 1
            """;
        await using var command = Command(sql);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (reader.GetInt64(0), reader.GetInt64(1)) : null;
    }

    /// <summary>
    /// SHA-256 over entity keys and values by event time and entity, each row once. Times are not part of it, so the same data
    /// shifted in time have the same digest.
    /// </summary>
    public async Task<string> DigestAsync(CancellationToken ct)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var command = Command("select distinct on (event_time, entity) entity, packed from upload order by event_time, entity");
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            Append(digest, reader.Bytes(0));
            Append(digest, reader.Bytes(1).AsSpan(RowCodec.ValuesOffset));
        }
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    /// <summary>Moves the rows into the history, and does what must happen together with it.</summary>
    /// <param name="now">When.</param>
    /// <param name="together">Called in the transaction with what was stored.</param>
    /// <param name="ct">Ends the wait for the database.</param>
    public async Task<StoredUpload> CommitAsync(DateTimeOffset now, Func<NpgsqlTransaction, StoredUpload, Task> together, CancellationToken ct)
    {
        const string sql = """
            with added as (
                insert into features.history (workspace, view, entity, event_time, created_time, packed)
                select distinct on (entity, event_time) $1, $2, entity, event_time, $3::timestamptz, packed from upload order by entity, event_time
                on conflict do nothing
                returning 1)
            select (select count(*) from added), min(event_time), max(event_time) from upload
            """;
        await using var transaction = await _connection.BeginTransactionAsync(ct);
        await using var command = Command(sql);
        AddView(command);
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        StoredUpload stored;
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            await reader.ReadAsync(ct);
            stored = new(reader.GetInt64(0), reader.Moment(1), reader.Moment(2));
        }
        await together(transaction, stored);
        await transaction.CommitAsync(ct);
        return stored;
    }

    /// <summary>The newest row of each entity of the file, as the history has it; after the commit.</summary>
    public async IAsyncEnumerable<HistoryRow> NewestAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        const string sql = """
            select newest.entity, newest.event_time, kept.packed
            from (select entity, max(event_time) as event_time from upload group by entity) newest
            join features.history kept
                on kept.workspace = $1 and kept.view = $2 and kept.entity = newest.entity and kept.event_time = newest.event_time
            """;
        await using var command = Command(sql);
        AddView(command);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            yield return new(reader.Bytes(0), reader.Time(1), reader.Bytes(2));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_import is not null)
        {
            await _import.DisposeAsync(); // not completed: the rows are dropped
        }
        await _connection.DisposeAsync(); // back to the pool, which discards temporary tables
    }

    private static void Append(IncrementalHash digest, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        digest.AppendData(length);
        digest.AppendData(bytes);
    }

    private NpgsqlCommand Command(string sql) => new(sql, _connection) { CommandTimeout = CommandTimeoutSeconds };

    private void AddView(NpgsqlCommand command)
    {
        command.Parameters.Add(new() { Value = _view.Workspace });
        command.Parameters.Add(new() { Value = _view.Name });
    }
}

/// <summary>What an upload left in the history.</summary>
/// <param name="Stored">Rows that were not there before.</param>
/// <param name="First">Smallest event time among the rows of the file.</param>
/// <param name="Last">Largest event time among them.</param>
internal sealed record StoredUpload(long Stored, DateTimeOffset First, DateTimeOffset Last);

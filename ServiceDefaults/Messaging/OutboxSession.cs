using Dapper;
using Npgsql;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>
/// One relay's connection. The lock is the session's, so it goes with the process that holds it; everything is read and written
/// on the same connection, so a relay that lost its lock cannot take another batch.
/// </summary>
internal sealed class OutboxSession(NpgsqlConnection connection) : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    // Rows behind one that has to wait, wait with it.
    private const string Next = """
        select sequence, message_id as MessageId, aggregate, type, body::text as body, trace_parent as TraceParent, attempts
        from messaging.outbox row
        where not exists (
            select from messaging.outbox held
            where held.aggregate = row.aggregate and held.not_before > clock_timestamp() and held.sequence <= row.sequence)
        order by sequence
        limit @limit
        """;

    private const string Hold = """
        update messaging.outbox set attempts = attempts + @counted, not_before = clock_timestamp() + @pause where sequence = @sequence
        """;

    private const string Bury = """
        with gone as (delete from messaging.outbox where sequence = @sequence returning *)
        insert into messaging.dead_letters (id, direction, queue, aggregate, message_id, type, headers, body, reason, failures, failed_at)
        select @id, 'outbound', '', aggregate, message_id, type, '{}', convert_to(body::text, 'UTF8'), @reason, @failures, clock_timestamp() from gone
        on conflict (queue, message_id) where replayed_at is null do nothing
        """;

    /// <summary>True when this session may relay; asked before anything else.</summary>
    public async Task<bool> TryLockAsync(CancellationToken ct) =>
        await connection.QuerySingleAsync<bool>(new("select pg_try_advisory_lock(@Class, 0)", new { Class = Outbox.LockClass + 1 }, cancellationToken: ct));

    public Task ListenAsync(CancellationToken ct) => connection.ExecuteAsync(new($"listen {Outbox.Channel}", cancellationToken: ct));

    /// <summary>Waits until something was written, at most so long.</summary>
    public Task WaitAsync(TimeSpan limit, CancellationToken ct) => connection.WaitAsync(limit, ct);

    public async Task<IReadOnlyList<OutboxRow>> NextAsync(int limit, CancellationToken ct) =>
        (await connection.QueryAsync<OutboxRow>(new(Next, new { limit }, cancellationToken: ct))).AsList();

    public Task DeleteAsync(IReadOnlyList<long> sequences, CancellationToken ct) =>
        connection.ExecuteAsync(new("delete from messaging.outbox where sequence = any(@sequences)", new { sequences }, cancellationToken: ct));

    /// <summary>Lets a row, and what comes after it in its aggregate, wait.</summary>
    public Task HoldAsync(long sequence, bool counts, TimeSpan pause, CancellationToken ct) =>
        connection.ExecuteAsync(new(Hold, new { sequence, counted = counts ? 1 : 0, pause }, cancellationToken: ct));

    /// <summary>Makes a row a dead letter.</summary>
    public Task BuryAsync(OutboxRow row, string reason, CancellationToken ct) => connection.ExecuteAsync(new(
        Bury, new { row.Sequence, id = Guid.CreateVersion7(), reason = DeadLetter.Line(reason), failures = row.Attempts + 1 }, cancellationToken: ct));

    /// <summary>A pool keeps the connection and its lock with it, so the lock is given up by name.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(CloseTimeout);
        try
        {
            await connection.ExecuteAsync(new("unlisten *; select pg_advisory_unlock_all()", cancellationToken: limit.Token));
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or OperationCanceledException)
        {
            NpgsqlConnection.ClearPool(connection); // a connection that does not answer must not come back with its lock
        }
        await connection.DisposeAsync();
    }
}

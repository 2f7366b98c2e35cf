using System.Diagnostics;
using System.Text;
using Npgsql;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>Events that are published if, and only if, the transaction that caused them commits.</summary>
public static class Outbox
{
    /// <summary>Channel on which the relay is woken.</summary>
    internal const string Channel = "modelops_outbox";

    /// <summary>First half of the lock keys of aggregates: "outb".</summary>
    internal const int LockClass = 0x6f757462;

    private const int MaxBodyBytes = 1 << 20;
    private const int MaxAggregateLength = 512;

    // The lock comes first, in a statement of its own: whoever holds it draws the next number and commits before the next one
    // draws his, so per aggregate the order of the numbers is the order of the commits.
    private const string Lock = "select pg_advisory_xact_lock($1, hashtext($2))";
    private const string Insert =
        "insert into messaging.outbox (message_id, aggregate, type, body, trace_parent) values ($1, $2, $3, $4::json, $5)";
    private const string Notify = $"select pg_notify('{Channel}', '')";

    /// <summary>
    /// Writes an event into the outbox of the database and wakes the relay when the transaction commits. Events of one aggregate
    /// are published in the order in which their transactions commit; the aggregate stays locked until then, so a transaction
    /// that writes for several does so in a fixed order, and as late as it can.
    /// </summary>
    /// <typeparam name="TEvent">A record of <c>ModelOps.Contracts.Events</c>.</typeparam>
    /// <param name="transaction">The transaction of the change, in a database for which <c>AddOutbox</c> was called.</param>
    /// <param name="aggregate">What must stay in order, for example <c>model/fraud</c>; at most 512 characters.</param>
    /// <param name="event">The event; at most 1 MiB as JSON.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task EnqueueAsync<TEvent>(NpgsqlTransaction transaction, string aggregate, TEvent @event, CancellationToken ct)
        where TEvent : class
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentException.ThrowIfNullOrEmpty(aggregate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(aggregate.Length, MaxAggregateLength);
        ArgumentNullException.ThrowIfNull(@event);
        var body = EventSerializer.Write(@event);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Encoding.UTF8.GetByteCount(body), MaxBodyBytes, nameof(@event));

        await EnqueueAsync(transaction, Guid.CreateVersion7(), aggregate, EventSerializer.NameOf(@event.GetType()), body, Activity.Current?.Id, ct);
    }

    internal static async Task EnqueueAsync(
        NpgsqlTransaction transaction, Guid messageId, string aggregate, string type, string body, string? traceParent, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        batch.BatchCommands.Add(Command(Lock, LockClass, aggregate));
        batch.BatchCommands.Add(Command(Insert, messageId, aggregate, type, body, traceParent ?? (object)DBNull.Value));
        batch.BatchCommands.Add(Command(Notify));
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
        return command;
    }
}

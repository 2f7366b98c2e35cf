using Dapper;
using Npgsql;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>Messages that were handled, so that a copy is not handled again.</summary>
public static class Inbox
{
    /// <summary>
    /// The first statement of a consumer's transaction. True: the message is new, and is remembered with the transaction. False:
    /// it was handled before, and there is nothing to do. Waits for a transaction that is handling the same message.
    /// </summary>
    /// <param name="transaction">The transaction that will hold the effect of the message.</param>
    /// <param name="messageId">Identity of the message.</param>
    /// <param name="consumer">Name of the consumer; what one has handled is new to another.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<bool> TryAcceptAsync(NpgsqlTransaction transaction, Guid messageId, string consumer, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentException.ThrowIfNullOrEmpty(consumer);
        return await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "insert into messaging.inbox (consumer, message_id) values (@consumer, @messageId) on conflict do nothing",
            new { consumer, messageId }, transaction, cancellationToken: ct)) == 1;
    }
}

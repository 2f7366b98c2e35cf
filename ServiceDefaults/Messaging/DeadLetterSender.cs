using System.Text;
using System.Text.Json;
using ModelOps.ServiceDefaults.Errors;
using Npgsql;
using RabbitMQ.Client.Exceptions;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>Puts a dead letter back to where it came from: its queue, or the outbox.</summary>
internal sealed class DeadLetterSender(BusConnection bus)
{
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);

    public Task<Outcome<DeadLetter>> SendAsync(DeadLetter letter, NpgsqlTransaction transaction, CancellationToken ct) =>
        letter.Direction == DeadLetter.Outbound ? ToOutboxAsync(letter, transaction, ct) : ToQueueAsync(letter, ct);

    private static async Task<Outcome<DeadLetter>> ToOutboxAsync(DeadLetter letter, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var body = Encoding.UTF8.GetString(letter.Body);
        await Outbox.EnqueueAsync(transaction, letter.MessageId, letter.Aggregate, letter.Type, body, traceParent: null, ct);
        return letter;
    }

    /// <summary>As the broker delivered it, to this queue alone: other consumers of the event had it. Mandatory, so a queue that is gone is an error.</summary>
    private async Task<Outcome<DeadLetter>> ToQueueAsync(DeadLetter letter, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(SendTimeout);
        try
        {
            await using var connection = await bus.CreateFactory().CreateConnectionAsync(limit.Token);
            await using var channel = await connection.CreateChannelAsync(
                new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), limit.Token);
            var properties = MessageProperties.Of(JsonSerializer.Deserialize<Dictionary<string, string>>(letter.Headers) ?? []);
            await channel.BasicPublishAsync("", letter.Queue, mandatory: true, properties, letter.Body, limit.Token);
            return letter;
        }
        catch (PublishException)
        {
            return new Refusal(RefusalKind.FailedPrecondition, $"queue {letter.Queue} does not take the message; does it still exist?");
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is BrokerUnreachableException or OperationInterruptedException or IOException or OperationCanceledException)
        {
            return new Refusal(RefusalKind.Unavailable, "the broker does not answer; try again later");
        }
    }
}

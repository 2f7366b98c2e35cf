using RabbitMQ.Client;

namespace ModelOps.Monitor.Ingest;

/// <summary>Where predictions come from; declared by both sides in the same words.</summary>
internal static class PredictionQueue
{
    public const string Exchange = "modelops.predictions";
    public const string Queue = "monitor.predictions.v1";

    /// <summary>Declares everything. On every connection: what was declared just before the broker was killed may be gone.</summary>
    public static async Task DeclareAsync(IChannel channel, CancellationToken ct)
    {
        await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: ct);
        await channel.QueueDeclareAsync(
            Queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: ct);
        await channel.QueueBindAsync(Queue, Exchange, routingKey: "", cancellationToken: ct);
    }
}

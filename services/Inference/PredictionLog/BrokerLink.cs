using RabbitMQ.Client;

namespace ModelOps.Inference.PredictionLog;

/// <summary>A channel to the broker that confirms what is published, on a connection of its own.</summary>
internal sealed class BrokerLink : IAsyncDisposable
{
    public const string Exchange = "modelops.predictions";
    private const string Queue = "monitor.predictions.v1";
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private BrokerLink(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    /// <summary>Connects and declares where batches go: the exchange, and Monitor's queue, so that none is lost before Monitor first runs.</summary>
    public static async Task<BrokerLink> OpenAsync(IConnectionFactory factory, CancellationToken ct)
    {
        var connection = await factory.CreateConnectionAsync("inference prediction log", ct);
        try
        {
            var confirming = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
            var channel = await connection.CreateChannelAsync(confirming, ct);
            await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: ct);
            await channel.QueueDeclareAsync(
                Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: ct);
            await channel.QueueBindAsync(Queue, Exchange, routingKey: "", cancellationToken: ct);
            var link = new BrokerLink(connection, channel);
            connection = null;
            return link;
        }
        finally
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    /// <summary>Sends a batch.</summary>
    /// <returns>Ends when the broker has stored it; fails when it did not, or no queue took it.</returns>
    public Task PublishAsync(LogBatch batch, CancellationToken ct)
    {
        var properties = new BasicProperties
        {
            DeliveryMode = DeliveryModes.Persistent,
            ContentType = "application/x-protobuf",
            Type = "modelops.monitor.v1.PredictionBatch",
            MessageId = batch.Id,
        };
        return _channel.BasicPublishAsync(Exchange, routingKey: "", mandatory: true, properties, batch.Body, ct).AsTask();
    }

    /// <summary>Closes the connection with its channel; one whose broker died in the middle of something may not say goodbye, and is left.</summary>
    public async ValueTask DisposeAsync() => await _connection.DisposeAsync().AsTask().WaitAsync(EndLimit, CancellationToken.None);
}

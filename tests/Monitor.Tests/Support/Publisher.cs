using Google.Protobuf;
using ModelOps.Contracts.Monitor.V1;
using RabbitMQ.Client;

namespace ModelOps.Monitor.Tests.Support;

/// <summary>Publishes as Inference does: the exchange and the queue declared, every message confirmed.</summary>
internal sealed class Publisher : IAsyncDisposable
{
    private const string Exchange = "modelops.predictions";
    private const string Queue = "monitor.predictions.v1";

    private static readonly TimeSpan ConfirmLimit = TimeSpan.FromSeconds(20);

    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private Publisher(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    public static async Task<Publisher> ConnectAsync(string broker)
    {
        var none = CancellationToken.None;
        var connection = await new ConnectionFactory { Uri = new(broker), AutomaticRecoveryEnabled = false }.CreateConnectionAsync(none);
        var channel = await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), none);
        await channel.ExchangeDeclareAsync(Exchange, "fanout", durable: true, cancellationToken: none);
        await channel.QueueDeclareAsync(
            Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: none);
        await channel.QueueBindAsync(Queue, Exchange, "", cancellationToken: none);
        return new(connection, channel);
    }

    /// <summary>Publishes records as one batch and gives back how many there were.</summary>
    public async Task<int> PublishAsync(params IReadOnlyList<PredictionRecord> records)
    {
        await PublishAsync(new PredictionBatch { BatchId = $"tests-{Guid.NewGuid()}", Predictions = { records } }.ToByteArray());
        return records.Count;
    }

    /// <summary>Publishes one message; a broker that just came back may take it and never confirm it.</summary>
    /// <exception cref="TimeoutException">It was not confirmed in time.</exception>
    public async Task PublishAsync(ReadOnlyMemory<byte> body) => await _channel.BasicPublishAsync(
        Exchange, "", mandatory: true, new BasicProperties { DeliveryMode = DeliveryModes.Persistent }, body, CancellationToken.None).AsTask().WaitAsync(ConfirmLimit, CancellationToken.None);

    /// <summary>Closes the connection; one whose broker died may not say goodbye.</summary>
    public async ValueTask DisposeAsync() =>
        await _connection.DisposeAsync().AsTask().WaitAsync(ConfirmLimit, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}

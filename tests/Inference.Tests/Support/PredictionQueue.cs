using System.Collections.Concurrent;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ModelOps.Inference.Tests.Support;

/// <summary>What Monitor would read: every batch of its queue, acknowledged when it is kept here.</summary>
internal sealed class PredictionQueue : IAsyncDisposable
{
    private const string Queue = "monitor.predictions.v1";
    private readonly ConcurrentQueue<PredictionBatch> _batches = new();
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private PredictionQueue(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    public IReadOnlyCollection<PredictionBatch> Batches => _batches;

    /// <summary>Every record that arrived, repeats included.</summary>
    public IReadOnlyList<PredictionRecord> Records => [.. _batches.SelectMany(PredictionRows.Of)];

    /// <summary>Begins with an empty queue, declared as Monitor declares it.</summary>
    public static async Task<PredictionQueue> StartAsync(RabbitMQFixture broker)
    {
        var connection = await new ConnectionFactory { Uri = new(broker.ConnectionString) }.CreateConnectionAsync(CancellationToken.None);
        var channel = await connection.CreateChannelAsync(cancellationToken: CancellationToken.None);
        await channel.QueueDeleteAsync(Queue, ifUnused: false, ifEmpty: false, cancellationToken: CancellationToken.None);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: CancellationToken.None);
        var queue = new PredictionQueue(connection, channel);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            queue._batches.Enqueue(PredictionBatch.Parser.ParseFrom(message.Body.Span));
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, CancellationToken.None);
        };
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, CancellationToken.None);
        return queue;
    }

    /// <summary>Waits until every one of some predictions has arrived.</summary>
    public Task HasAsync(IEnumerable<string> ids)
    {
        var wanted = ids.ToHashSet();
        return Poll.UntilAsync($"{wanted.Count} predictions arrive", () => wanted.IsSubsetOf(Records.Select(record => record.PredictionId)), TimeSpan.FromSeconds(60), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}

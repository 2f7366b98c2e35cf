using Aspire.Hosting;
using Aspire.Hosting.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ModelOps.Bench.Serving;

/// <summary>A broker for the prediction log, and in Monitor's place a consumer that takes each batch and keeps none.</summary>
internal sealed class PredictionBroker : IAsyncDisposable
{
    private const string Queue = "monitor.predictions.v1";
    private readonly DistributedApplication _app;
    private IConnection? _connection;

    private PredictionBroker(DistributedApplication app) => _app = app;

    public string ConnectionString { get; private set; } = "";

    public static async Task<PredictionBroker> StartAsync(CancellationToken ct)
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddRabbitMQ("bus");
        var broker = new PredictionBroker(await builder.BuildAsync(ct));
        await broker._app.StartAsync(ct);
        await broker._app.ResourceNotifications.WaitForResourceHealthyAsync("bus", ct);
        broker.ConnectionString = (await broker._app.GetConnectionStringAsync("bus", ct))!;
        broker._connection = await new ConnectionFactory { Uri = new(broker.ConnectionString) }.CreateConnectionAsync(ct);
        await ConsumeAsync(await broker._connection.CreateChannelAsync(cancellationToken: ct), ct);
        return broker;
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static async Task ConsumeAsync(IChannel channel, CancellationToken ct)
    {
        await channel.QueueDeclareAsync(
            Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: ct);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) => await channel.BasicAckAsync(message.DeliveryTag, multiple: false, message.CancellationToken);
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, ct);
    }
}

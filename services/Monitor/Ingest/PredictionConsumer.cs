using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ModelOps.Monitor.Ingest;

/// <summary>
/// Takes batches from the queue one after the other and acknowledges each when it is stored. While the database is away it
/// holds still with what it was sent; when the broker goes it connects again and is sent again what it had not acknowledged.
/// </summary>
internal sealed partial class PredictionConsumer(
    IConnectionFactory broker, IngestBatchHandler handler, IOptions<IngestOptions> options, TimeProvider clock, ILogger<PredictionConsumer> logger)
    : BackgroundService
{
    private const int MaxUnexpected = 5;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = options.Value.FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ConsumeAsync(() => pause = options.Value.FirstPause, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, also a time limit of the client: a monitor that no longer listens is worse than one that tries again.
                Log.BrokerLost(logger, pause, e.Message);
            }
            await Task.Delay(pause, clock, stoppingToken);
            pause = Longer(pause);
        }
    }

    /// <summary>Consumes over one connection until it ends.</summary>
    private async Task ConsumeAsync(Action connected, CancellationToken stopping)
    {
        using var session = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var connection = await broker.CreateConnectionAsync(session.Token);
        try
        {
            var ended = await SubscribeAsync(connection, session.Token);
            connected();
            Log.Consuming(logger, PredictionQueue.Queue);
            Log.BrokerLost(logger, options.Value.FirstPause, await ended.WaitAsync(session.Token));
        }
        finally
        {
            await session.CancelAsync(); // a delivery that waits for the database belongs to this connection
            await EndAsync(connection);
        }
    }

    /// <summary>Declares the queue and begins to take from it.</summary>
    /// <returns>Why it ended, once it has.</returns>
    private async Task<Task<string>> SubscribeAsync(IConnection connection, CancellationToken ct)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        await PredictionQueue.DeclareAsync(channel, ct);
        await channel.BasicQosAsync(0, options.Value.Prefetch, global: false, ct);
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, reason) => Task.FromResult(ended.TrySetResult(reason.ReplyText));
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.UnregisteredAsync += (_, _) => Task.FromResult(ended.TrySetResult("the broker cancelled the consumer"));
        consumer.ReceivedAsync += (_, delivery) => TakeAsync(channel, delivery, ct);
        await channel.BasicConsumeAsync(PredictionQueue.Queue, autoAck: false, consumer, ct);
        return ended.Task;
    }

    /// <summary>Closes a connection with its channel; one whose broker died in the middle of something may not say goodbye.</summary>
    private async Task EndAsync(IConnection connection)
    {
        try
        {
            await connection.DisposeAsync().AsTask().WaitAsync(EndLimit, clock, CancellationToken.None);
        }
        catch (Exception e) when (Transience.IsBroker(e))
        {
            Log.NotClosed(logger, e.Message);
        }
    }

    private async Task TakeAsync(IChannel channel, BasicDeliverEventArgs delivery, CancellationToken ct)
    {
        var pause = options.Value.FirstPause;
        Exception? fault = null;
        for (var unexpected = 0; ;)
        {
            try
            {
                await (fault is null ? handler.HandleAsync(delivery.Body, options.Value.MaxBatchBytes, ct) : PutAsideAsync(delivery, fault, ct));
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, ct);
                return;
            }
            catch (Exception e) when (ct.IsCancellationRequested || e is not Npgsql.NpgsqlException && Transience.IsBroker(e) && !channel.IsOpen)
            {
                return; // it comes again over the next connection
            }
            catch (Exception e) when (Transience.IsDatabase(e))
            {
                Log.DatabaseAway(logger, pause, e.Message);
            }
            catch (Exception e)
            {
                // A fault of ours that this batch brings out: it is put aside, so that the ones behind it get through.
                Log.Failed(logger, pause, e);
                fault = ++unexpected < MaxUnexpected ? null : e;
            }
            await Task.Delay(pause, clock, ct);
            pause = Longer(pause);
        }
    }

    private Task PutAsideAsync(BasicDeliverEventArgs delivery, Exception fault, CancellationToken ct) =>
        handler.RejectAsync(new("", $"failed {MaxUnexpected} times: {fault.Message}", 0, delivery.Body), ct);

    private TimeSpan Longer(TimeSpan pause) => pause * 2 < options.Value.LongestPause ? pause * 2 : options.Value.LongestPause;

    private static partial class Log
    {
        [LoggerMessage(EventId = 2011, EventName = "Consuming", Level = LogLevel.Information, Message = "Predictions are taken from {Queue}")]
        public static partial void Consuming(ILogger logger, string queue);

        [LoggerMessage(EventId = 2012, EventName = "BrokerLost", Level = LogLevel.Warning, Message = "The broker is gone, next try in {Pause}: {Reason}")]
        public static partial void BrokerLost(ILogger logger, TimeSpan pause, string reason);

        [LoggerMessage(EventId = 2013, EventName = "DatabaseAway", Level = LogLevel.Warning, Message = "A batch waits for the database, next try in {Pause}: {Reason}")]
        public static partial void DatabaseAway(ILogger logger, TimeSpan pause, string reason);

        [LoggerMessage(EventId = 2015, EventName = "ConnectionNotClosed", Level = LogLevel.Warning, Message = "A connection to the broker did not close: {Reason}")]
        public static partial void NotClosed(ILogger logger, string reason);

        [LoggerMessage(EventId = 2014, EventName = "BatchFailed", Level = LogLevel.Error, Message = "A batch cannot be stored, next try in {Pause}")]
        public static partial void Failed(ILogger logger, TimeSpan pause, Exception exception);
    }
}

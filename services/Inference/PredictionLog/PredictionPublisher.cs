using System.Threading.Channels;
using Microsoft.Extensions.Options;
using ModelOps.Inference.DesiredState;
using RabbitMQ.Client;

namespace ModelOps.Inference.PredictionLog;

/// <summary>
/// Tails the log and publishes it, for as long as the replica runs. Without the broker records wait on disk; what was sent and
/// not confirmed is sent again.
/// </summary>
internal sealed class PredictionPublisher(
    Backlog backlog, IConnectionFactory broker, BackOff backOff, IOptions<PredictionLogOptions> options, ILogger<PredictionPublisher> logger) : BackgroundService
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(50);
    private const long IdleSegmentBytes = 1 << 20;
    private int _failures;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (string.IsNullOrEmpty(options.Value.Path))
        {
            Log.Off(logger);
            return;
        }
        await Task.Yield(); // folders may lie on a slow disk: the start of the service does not wait for them
        backlog.Open();
        using var drained = new CancellationTokenSource();
        await using var stopping = stoppingToken.Register(() => drained.CancelAfter(options.Value.DrainTimeout));
        while (await TryHoldAsync(stoppingToken, drained.Token) is { } reason && !stoppingToken.IsCancellationRequested)
        {
            if (_failures == 0)
            {
                Log.BrokerAway(logger, reason);
            }
            backlog.Rewind();
            await backOff.WaitAsync(_failures++, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        backlog.Tidy(atLeastBytes: 0);
        Log.Stopped(logger, backlog.Bytes);
    }

    /// <returns>Why the broker was lost; null when the service stops and all is published.</returns>
    private async Task<string?> TryHoldAsync(CancellationToken stopping, CancellationToken ct)
    {
        try
        {
            await using var link = await BrokerLink.OpenAsync(broker, stopping);
            Log.Connected(logger, backlog.Folder, BrokerLink.Exchange);
            await HoldAsync(link, stopping, ct);
            return null;
        }
        catch (Exception e)
        {
            // Nobody waits for the publisher: whatever went wrong, what is on disk is sent again.
            return $"{e.GetType().Name}: {(e.InnerException ?? e).Message.ReplaceLineEndings(" ")}";
        }
    }

    private async Task HoldAsync(BrokerLink link, CancellationToken stopping, CancellationToken ct)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var inFlight = Channel.CreateBounded<(LogBatch Batch, Task Confirmed)>(options.Value.MaxBatchesInFlight);
        var sending = SendAsync(link, inFlight.Writer, stopping, broken.Token);
        var settling = SettleAsync(inFlight.Reader, broken.Token);
        var first = await Task.WhenAny(sending, settling);
        if (!first.IsCompletedSuccessfully)
        {
            await broken.CancelAsync();
        }
        await Task.WhenAll(sending, settling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        await settling;
    }

    private async Task SendAsync(
        BrokerLink link, ChannelWriter<(LogBatch Batch, Task Confirmed)> inFlight, CancellationToken stopping, CancellationToken ct)
    {
        using var wakes = CancellationTokenSource.CreateLinkedTokenSource(stopping, ct);
        while (!ct.IsCancellationRequested)
        {
            if (backlog.Next() is { } batch)
            {
                var tookAll = batch.TookAll;
                await inFlight.WriteAsync((batch, link.PublishAsync(batch, ct)), ct);
                if (!tookAll)
                {
                    continue;
                }
            }
            else if (stopping.IsCancellationRequested)
            {
                break;
            }
            else
            {
                backlog.Tidy(IdleSegmentBytes);
                await backlog.MoreAsync(wakes.Token);
            }
            // Without it a batch has what was written while the one before it was sent: a few rows each, under load.
            await Task.Delay(Linger, TimeProvider.System, wakes.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        inFlight.Complete();
        ct.ThrowIfCancellationRequested();
    }

    private async Task SettleAsync(ChannelReader<(LogBatch Batch, Task Confirmed)> inFlight, CancellationToken ct)
    {
        await foreach (var (batch, confirmed) in inFlight.ReadAllAsync(ct))
        {
            await confirmed.WaitAsync(options.Value.ConfirmTimeout, ct);
            backlog.Confirm(batch);
            batch.Dispose();
            _failures = 0;
        }
    }
}

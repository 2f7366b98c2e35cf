using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>
/// Publishes what the outbox holds: one relay per database, chosen by an advisory lock, the others wait for it. At least once,
/// and in order per aggregate: a batch is removed after the broker confirmed it, and a relay that takes over begins where the
/// last removed row ended, so of every event the first copy comes in its place.
/// </summary>
internal sealed class OutboxRelay(
    MessagingDatabase database, OutboxPublisher publisher, IOptions<OutboxOptions> options, TimeProvider time, ILogger<OutboxRelay> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    // The first connection takes a moment; that is no news.
    private const int PatienceAtStart = 4;
    private int _failures;
    private bool _told;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var session = new OutboxSession(await database.Source.OpenConnectionAsync(stoppingToken));
                await RelayAsync(session, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) // whatever it is: a service that no longer tells others what it did is worse than one that says so again and again
            {
                logger.RelayInterrupted(e.Message);
                await Task.Delay(options.Value.PollInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RelayAsync(OutboxSession session, CancellationToken ct)
    {
        while (!await session.TryLockAsync(ct))
        {
            await Task.Delay(options.Value.PollInterval, time, ct);
        }
        logger.RelayTookOver();
        await session.ListenAsync(ct);
        await BusReadyAsync(ct);
        while (true)
        {
            var rows = await session.NextAsync(options.Value.BatchSize, ct);
            if (rows.Count == 0)
            {
                await session.WaitAsync(options.Value.PollInterval, ct);
                continue;
            }
            var batch = await publisher.PublishAsync(rows, ct);
            await SettleAsync(session, batch, ct);
            if (batch.BrokerAway)
            {
                await PauseAsync(patience: 1, batch.Failures.First(failure => !failure.ItsOwnFault).Reason, ct);
            }
            else
            {
                BrokerIsThere();
            }
        }
    }

    private async Task BusReadyAsync(CancellationToken ct)
    {
        while (!publisher.Ready)
        {
            await PauseAsync(PatienceAtStart, "it was not reached yet", ct);
        }
        BrokerIsThere();
    }

    private async Task SettleAsync(OutboxSession session, PublishedBatch batch, CancellationToken ct)
    {
        if (batch.Published.Count > 0)
        {
            await session.DeleteAsync(batch.Published, ct);
        }
        foreach (var failure in batch.Failures)
        {
            await SettleAsync(session, failure, batch.BrokerAway, ct);
        }
    }

    private async Task SettleAsync(OutboxSession session, PublishFailure failure, bool brokerAway, CancellationToken ct)
    {
        var attempt = failure.Row.Attempts + 1;
        if (failure.ItsOwnFault && attempt >= options.Value.MaxAttempts)
        {
            await session.BuryAsync(failure.Row, failure.Reason, ct);
            publisher.Buried();
            logger.DeadLetterStored(failure.Row.MessageId, "the outbox", failure.Reason);
        }
        else if (failure.ItsOwnFault)
        {
            await session.HoldAsync(failure.Row.Sequence, counts: true, Pause(attempt), ct);
            logger.EventHeld(failure.Row.MessageId, failure.Row.Aggregate, attempt, failure.Reason);
        }
        else if (!brokerAway)
        {
            // Others got through: this aggregate waits a moment and keeps nobody else waiting.
            await session.HoldAsync(failure.Row.Sequence, counts: false, Pause(1), ct);
            logger.EventHeld(failure.Row.MessageId, failure.Row.Aggregate, attempt, failure.Reason);
        }
    }

    /// <param name="patience">At how many failures in a row it is told.</param>
    /// <param name="reason">Why nothing was published.</param>
    /// <param name="ct">Ends the pause.</param>
    private async Task PauseAsync(int patience, string reason, CancellationToken ct)
    {
        if (++_failures >= patience && !_told)
        {
            logger.BrokerAway(reason);
            _told = true;
        }
        await Task.Delay(Pause(_failures), time, ct);
    }

    private void BrokerIsThere()
    {
        if (_told)
        {
            logger.BrokerBack();
        }
        (_failures, _told) = (0, false);
    }

    /// <summary>100 ms, 200 ms, 400 ms and so on, up to the longest.</summary>
    private TimeSpan Pause(int failures)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures, 20) - 1);
        return pause < options.Value.LongestPause ? pause : options.Value.LongestPause;
    }
}

using Dapper;
using Microsoft.Extensions.Options;
using ModelOps.Monitor.Storage;
using Npgsql;

namespace ModelOps.Monitor.Watch;

/// <summary>Follows the windows. Of several replicas one takes each turn, chosen by a lock that goes with its transaction.</summary>
internal sealed partial class WindowWatch(
    NpgsqlDataSource database, WindowTurn turn, IOptions<WatchOptions> options, TimeProvider clock, ILogger<WindowWatch> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await TakeTurnAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException && !stoppingToken.IsCancellationRequested)
            {
                Log.Interrupted(logger, e.Message);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, e); // the next turn comes; a monitor that no longer looks is worse than one that complains
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new OperationCanceledException("the monitor is stopping", e, stoppingToken); // a call that this broke off is no failure
            }
        }
    }

    private async Task TakeTurnAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await connection.ExecuteScalarAsync<bool>(transaction.Command("select pg_try_advisory_xact_lock(20862)", null, ct)))
        {
            await turn.RunAsync(clock.GetUtcNow(), options.Value, ct);
        }
        await transaction.CommitAsync(ct);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2023, EventName = "WatchInterrupted", Level = LogLevel.Warning, Message = "Windows are not followed while the database is away: {Reason}")]
        public static partial void Interrupted(ILogger logger, string reason);

        [LoggerMessage(EventId = 2024, EventName = "WatchFailed", Level = LogLevel.Error, Message = "A turn of following windows failed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}

using Dapper;
using Npgsql;

namespace ModelOps.Gateway.Rollouts;

/// <summary>
/// Leads the rollouts of this gateway's environment. Of several gateways one at a time acts, by an advisory lock that lives as long as its
/// look; should two act after all, every decision applies only to the revision it was made on. All state is in PostgreSQL.
/// </summary>
internal sealed partial class RolloutController(
    NpgsqlDataSource database, RolloutStepper stepper, WishedRollouts wishes, RolloutEnvironment environment) : BackgroundService
{
    private const int LockClass = 0x726f6c6c; // "roll"
    private const int AtATime = 8;

    private DateTimeOffset _nextWishes = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(environment.Options.Value.TickInterval, environment.Clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await GuardAsync(LookAsync, stoppingToken);
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct); // holds nothing but the lock
        if (!await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "SELECT pg_try_advisory_xact_lock(@LockClass, hashtext(@Name))", new { LockClass, environment.Name }, cancellationToken: ct)))
        {
            return;
        }

        var active = await RolloutRows.ReadActiveAsync(connection, environment.Name, environment.Options.Value.MaxActive, ct);
        stepper.Keep(active.Select(rollout => rollout.Id).ToHashSet());
        await Parallel.ForEachAsync(active, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = ct }, async (rollout, token) =>
            await GuardAsync(inner => stepper.StepAsync(rollout, inner), token));

        var now = environment.Clock.GetUtcNow();
        if (now >= _nextWishes)
        {
            _nextWishes = now + environment.Options.Value.WishInterval;
            await wishes.StartDueAsync(ct);
        }
    }

    // One look, or one rollout, that fails is tried again at the next tick and keeps nothing else from going on.
    private async Task GuardAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        try
        {
            await work(ct);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            Log.DatabaseAway(environment.Logger, e.Message);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.Failed(environment.Logger, e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new OperationCanceledException("the gateway is stopping", e, ct); // a call that this broke off is no failure
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 41, EventName = "RolloutsWait", Level = LogLevel.Warning, Message = "Rollouts stand still: {Reason}")]
        public static partial void DatabaseAway(ILogger logger, string reason);

        [LoggerMessage(EventId = 42, EventName = "RolloutFailed", Level = LogLevel.Error, Message = "A look at the rollouts failed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}

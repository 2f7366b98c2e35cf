using ModelOps.Contracts.Events.V1;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Messaging;
using Npgsql;

namespace ModelOps.Gateway.Rollouts;

/// <summary>Starts rollouts of versions that reached the stage staging, one after the other, where the policy says so.</summary>
internal sealed partial class WishedRollouts(NpgsqlDataSource database, RolloutStore store, RolloutGrants grants, RolloutView view, RolloutEnvironment environment)
{
    private const string Staging = "staging";
    private const int AtATime = 100;

    /// <summary>Remembers a version that reached the stage staging.</summary>
    public async Task HandleAsync(ModelVersionStageChanged change, Guid messageId, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (!await Inbox.TryAcceptAsync(transaction, messageId, ModelVersionStageChangedConsumer.Endpoint, ct))
        {
            return;
        }
        if (change.To == Staging)
        {
            await WishRows.AddAsync(connection, new(new(change.Workspace, environment.Name, change.Model), change.Version), environment.Clock.GetUtcNow(), ct);
        }
        await transaction.CommitAsync(ct);
    }

    /// <summary>Starts what is due.</summary>
    public async Task StartDueAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await WishRows.RemoveOutdatedAsync(connection, environment.Name, ct);
        foreach (var wish in await WishRows.ReadDueAsync(connection, environment.Name, AtATime, ct))
        {
            await StartAsync(connection, wish, ct);
        }
    }

    private async Task StartAsync(NpgsqlConnection connection, Wish wish, CancellationToken ct)
    {
        var granted = await grants.AskAsync(wish.Key, wish.Version, ct);
        if (granted.Refusal is { Kind: RefusalKind.Unavailable } away)
        {
            Log.Waits(environment.Logger, wish.Key.Model, wish.Version, away.Message);
            return;
        }
        if (granted.Value is not { } candidate)
        {
            Log.Dropped(environment.Logger, wish.Key.Model, wish.Version, granted.Refusal!.Message);
            await WishRows.RemoveAsync(connection, wish.Key, wish.Version, ct);
            return;
        }

        var started = await store.StartAsync(wish.Key, candidate, RolloutStepper.Actor, ct);
        if (started.Value is { } rollout)
        {
            Log.Started(environment.Logger, wish.Key.Model, wish.Version, rollout.Id);
            await view.RefreshAsync(ct);
        }
        else
        {
            Log.Waits(environment.Logger, wish.Key.Model, wish.Version, started.Refusal!.Message); // the deployment changed meanwhile
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 43, EventName = "RolloutStarted", Level = LogLevel.Information, Message = "{Model}: rollout {RolloutId} of version {Version} starts by policy")]
        public static partial void Started(ILogger logger, string model, long version, Guid rolloutId);

        [LoggerMessage(EventId = 44, EventName = "RolloutNotGranted", Level = LogLevel.Warning, Message = "{Model}: version {Version} is not rolled out: {Reason}")]
        public static partial void Dropped(ILogger logger, string model, long version, string reason);

        [LoggerMessage(EventId = 45, EventName = "RolloutWaits", Level = LogLevel.Information, Message = "{Model}: the rollout of version {Version} waits: {Reason}")]
        public static partial void Waits(ILogger logger, string model, long version, string reason);
    }
}

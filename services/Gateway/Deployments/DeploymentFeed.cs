using Microsoft.Extensions.Options;
using Npgsql;

namespace ModelOps.Gateway.Deployments;

/// <summary>
/// Keeps the catalog at what PostgreSQL says: woken by a notification, and by a short poll in case one was lost on the way.
/// While PostgreSQL is away the last known state stays in force.
/// </summary>
internal sealed partial class DeploymentFeed(
    NpgsqlDataSource database, DeploymentCatalog catalog, IOptions<DeploymentOptions> options, TimeProvider clock, ILogger<DeploymentFeed> logger)
    : BackgroundService
{
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads the current state now; the caller sees what it has just written.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        catalog.Publish(await DeploymentStore.ReadSnapshotAsync(connection, ct));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException && !stoppingToken.IsCancellationRequested)
            {
                Log.Lost(logger, e.Message);
                await Task.Delay(ReconnectAfter, clock, stoppingToken);
            }
        }
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using (var listen = new NpgsqlCommand($"LISTEN {DeploymentRows.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(ct);
        }

        while (true)
        {
            if (catalog.Current is null || await DeploymentRows.ReadRevisionAsync(connection, ct) > catalog.Current.Revision)
            {
                var snapshot = await DeploymentStore.ReadSnapshotAsync(connection, ct);
                catalog.Publish(snapshot);
                Log.Took(logger, snapshot.Revision, snapshot.Deployments.Count);
            }
            await connection.WaitAsync(options.Value.PollInterval, ct);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "DeploymentsTaken", Level = LogLevel.Information, Message = "Desired state revision {Revision}: {Count} deployments")]
        public static partial void Took(ILogger logger, long revision, int count);

        [LoggerMessage(EventId = 2, EventName = "DeploymentsLost", Level = LogLevel.Warning, Message = "Deployments cannot be read ({Reason}); the last known state stays in force")]
        public static partial void Lost(ILogger logger, string reason);
    }
}

using Microsoft.Extensions.Options;
using Npgsql;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>
/// Keeps the catalog at what PostgreSQL says: woken by a notification, and by a short poll in case one was lost on the way.
/// While PostgreSQL is away the last known definitions stay in force.
/// </summary>
internal sealed partial class DefinitionFeed(
    NpgsqlDataSource database, DefinitionCatalog catalog, IOptions<DefinitionOptions> options, TimeProvider clock, ILogger<DefinitionFeed> logger)
    : BackgroundService
{
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromMilliseconds(500);

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
        await using (var listen = new NpgsqlCommand($"listen {DefinitionStore.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(ct);
        }

        while (true)
        {
            if (await DefinitionStore.ReadRevisionAsync(connection, ct) > catalog.Revision)
            {
                var snapshot = await catalog.RefreshAsync(ct);
                Log.Took(logger, snapshot.Revision, snapshot.Workspaces.Values.Sum(workspace => workspace.Views.Count));
            }
            await connection.WaitAsync(options.Value.PollInterval, ct);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "DefinitionsTaken", Level = LogLevel.Information, Message = "Feature definitions revision {Revision}: {Count} views")]
        public static partial void Took(ILogger logger, long revision, int count);

        [LoggerMessage(EventId = 2, EventName = "DefinitionsLost", Level = LogLevel.Warning, Message = "Feature definitions cannot be read ({Reason}); the last known ones stay in force")]
        public static partial void Lost(ILogger logger, string reason);
    }
}

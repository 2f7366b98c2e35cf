using Microsoft.Extensions.Options;
using ModelOps.Gateway.Deployments;
using ModelOps.Gateway.Replicas;
using Npgsql;

namespace ModelOps.Gateway.Serving;

/// <summary>
/// Lets go of a deployment's previous version, and of one that takes no traffic any more, when every replica has been ready with
/// the current one for a while: until then requests may be on their way to them.
/// </summary>
internal sealed partial class PreviousVersions(
    DeploymentCatalog catalog,
    ReplicaDirectory directory,
    DeploymentStore store,
    IOptions<DeploymentOptions> options,
    SessionEnvironment environment)
    : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private readonly Dictionary<(DeploymentKey, long Revision), DateTimeOffset> _readySince = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, environment.Clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var deployment in FindOver(environment.Clock.GetUtcNow()))
            {
                await DropAsync(deployment, stoppingToken);
            }
        }
    }

    private List<Deployment> FindOver(DateTimeOffset now)
    {
        var ready = (catalog.Current?.Deployments ?? []).Where(deployment => IsReplaced(deployment, directory.Current)).ToDictionary(deployment => (deployment.Key, deployment.Revision));
        foreach (var gone in _readySince.Keys.Where(known => !ready.ContainsKey(known)).ToList())
        {
            _readySince.Remove(gone);
        }
        return [.. ready.Where(known =>
        {
            _readySince.TryAdd(known.Key, now);
            return now - _readySince[known.Key] >= options.Value.KeepPreviousFor;
        }).Select(known => known.Value)];
    }

    private bool IsReplaced(Deployment deployment, ReplicaSet replicas) =>
        (deployment.Previous ?? deployment.Retired) is not null && deployment.Key.Environment == options.Value.Environment
        && replicas.AllReady(new(deployment.Key.Workspace, deployment.Key.Model, deployment.Current.Version));

    private async Task DropAsync(Deployment deployment, CancellationToken ct)
    {
        try
        {
            if (await store.DropKeptAsync(deployment, ct))
            {
                Log.Dropped(environment.Logger, deployment.Key.Model, (deployment.Previous ?? deployment.Retired)!.Version, deployment.Current.Version);
            }
        }
        catch (NpgsqlException e)
        {
            Log.DropFailed(environment.Logger, deployment.Key.Model, e.Message); // kept a little longer; the next look tries again
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 22, EventName = "PreviousVersionDropped", Level = LogLevel.Information, Message = "{Model}: version {Previous} is let go, version {Current} is ready everywhere")]
        public static partial void Dropped(ILogger logger, string model, long previous, long current);

        [LoggerMessage(EventId = 23, EventName = "PreviousVersionKept", Level = LogLevel.Warning, Message = "{Model}: the previous version cannot be let go yet: {Reason}")]
        public static partial void DropFailed(ILogger logger, string model, string reason);
    }
}

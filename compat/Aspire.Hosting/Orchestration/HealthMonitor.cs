using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Orchestration;

/// <summary>Asks a running resource how it is, often until it is healthy and now and then from there on.</summary>
internal sealed class HealthMonitor(IResource resource, string id, int replica, OrchestrationServices services)
{
    private static readonly TimeSpan WhileUnhealthy = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan WhileHealthy = TimeSpan.FromSeconds(5);

    /// <summary>Ends when cancelled.</summary>
    /// <returns>Whether the resource was healthy at least once.</returns>
    public async Task<bool> WatchAsync(CancellationToken ct)
    {
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key).ToHashSet();
        var wasHealthy = false;
        ReplicaScope.Enter(replica);
        try
        {
            while (true)
            {
                var status = keys.Count == 0 ? HealthStatus.Healthy : await AskAsync(keys, ct).ConfigureAwait(false);
                if (status == HealthStatus.Healthy && !wasHealthy)
                {
                    wasHealthy = true;
                    await services.Eventing.PublishAsync(new ResourceReadyEvent(resource, services.Services), ct).ConfigureAwait(false);
                }

                if (keys.Count == 0)
                {
                    return true;
                }

                await Task.Delay(status == HealthStatus.Healthy ? WhileHealthy : WhileUnhealthy, services.Clock, ct).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return wasHealthy;
        }
    }

    private async Task<HealthStatus> AskAsync(HashSet<string> keys, CancellationToken ct)
    {
        var report = await services.Health.CheckHealthAsync(check => keys.Contains(check.Name), ct).ConfigureAwait(false);
        var now = services.Clock.GetUtcNow().UtcDateTime;
        var missing = keys.Where(key => !report.Entries.ContainsKey(key))
            .Select(key => new HealthReportSnapshot(key, HealthStatus.Unhealthy, "no such health check is registered", null));
        HealthReportSnapshot[] reports =
        [
            .. report.Entries.Select(entry => new HealthReportSnapshot(
                entry.Key, entry.Value.Status, entry.Value.Description, entry.Value.Exception?.Message) { LastRunAt = now }),
            .. missing,
        ];
        // What did not change is no news.
        if (!services.Notifications.TryGetCurrentState(id, out var current) || !Same(current.Snapshot.HealthReports, reports))
        {
            ct.ThrowIfCancellationRequested();
            await services.Notifications.PublishUpdateAsync(resource, id, before => before with { HealthReports = [.. reports] }).ConfigureAwait(false);
        }

        return reports.Min(entry => entry.Status ?? HealthStatus.Unhealthy);
    }

    private static bool Same(IReadOnlyList<HealthReportSnapshot> before, HealthReportSnapshot[] now) =>
        before.Select(report => report with { LastRunAt = null }).SequenceEqual(now.Select(report => report with { LastRunAt = null }));
}

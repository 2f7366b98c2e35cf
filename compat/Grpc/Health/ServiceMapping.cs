using Microsoft.Extensions.Diagnostics.HealthChecks;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.AspNetCore.HealthChecks;

/// <summary>Which health checks decide about one service.</summary>
public sealed class ServiceMapping
{
    [Obsolete("Use ServiceMapping(string, Func<HealthCheckMapContext, bool>) instead.")]
    public ServiceMapping(string name, Func<HealthResult, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        Predicate = predicate;
    }

    /// <param name="name">The full name of the service, or empty for the server.</param>
    /// <param name="predicate">Says of each check whether it counts.</param>
    public ServiceMapping(string name, Func<HealthCheckMapContext, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        HealthCheckPredicate = predicate;
    }

    public string Name { get; }

    public Func<HealthCheckMapContext, bool>? HealthCheckPredicate { get; }

    [Obsolete("Use HealthCheckPredicate instead.")]
    public Func<HealthResult, bool>? Predicate { get; }

    internal bool Runs(HealthCheckRegistration check) =>
        HealthCheckPredicate is null || HealthCheckPredicate(new HealthCheckMapContext(check.Name, check.Tags));

    /// <summary>One unhealthy check takes the service down; a service that no check speaks for is UNKNOWN.</summary>
    internal ServingStatus StatusOf(HealthReport report)
    {
        var status = ServingStatus.Unknown;
        foreach (var (name, entry) in report.Entries)
        {
            if (!Counts(name, entry))
            {
                continue;
            }
            if (entry.Status is HealthStatus.Unhealthy)
            {
                return ServingStatus.NotServing;
            }
            status = ServingStatus.Serving;
        }
        return status;
    }

    private bool Counts(string name, HealthReportEntry entry)
    {
        if (HealthCheckPredicate is { } byCheck)
        {
            return byCheck(new HealthCheckMapContext(name, entry.Tags));
        }
#pragma warning disable CS0618 // the older predicate still counts
        return Predicate is not { } byResult
            || byResult(new HealthResult(name, entry.Tags, entry.Status, entry.Description, entry.Duration, entry.Exception, entry.Data));
#pragma warning restore CS0618
    }
}

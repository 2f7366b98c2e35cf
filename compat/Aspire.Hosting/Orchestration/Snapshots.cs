using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Orchestration;

/// <summary>What snapshots mean.</summary>
internal static class Snapshots
{
    /// <summary>The property that says in one line why a resource does not run.</summary>
    public const string ReasonProperty = "reason";

    /// <summary>Between a crash and the next try; not one of Aspire's states, since Aspire does not try again.</summary>
    public const string Restarting = "Restarting";

    public static CustomResourceSnapshot First(IResource resource) =>
        resource.TryGetLastAnnotation<ResourceSnapshotAnnotation>(out var initial)
            ? initial.InitialSnapshot
            : new() { ResourceType = TypeName(resource), Properties = [] };

    public static string TypeName(IResource resource) => resource switch
    {
        ProjectResource => "Project",
        ExecutableResource => "Executable",
        ContainerResource => "Server",
        ParameterResource => "Parameter",
        ExternalServiceResource => "ExternalService",
        ConnectionStringResource => "ConnectionString",
        _ => resource.GetType().Name.EndsWith("Resource", StringComparison.Ordinal) ? resource.GetType().Name[..^"Resource".Length] : resource.GetType().Name,
    };

    public static bool HasFailed(CustomResourceSnapshot snapshot) => snapshot.State?.Text is { } state
        && (state == KnownResourceStates.FailedToStart || state == KnownResourceStates.Exited || state == KnownResourceStates.Finished
            || state == KnownResourceStates.RuntimeUnhealthy);

    public static bool Satisfies(CustomResourceSnapshot snapshot, WaitAnnotation wait) => wait.WaitType switch
    {
        WaitType.WaitUntilHealthy => snapshot.HealthStatus == HealthStatus.Healthy || snapshot.State?.Text == KnownResourceStates.Active,
        WaitType.WaitUntilStarted => snapshot.State?.Text == KnownResourceStates.Running || snapshot.State?.Text == KnownResourceStates.Active,
        _ => (snapshot.State?.Text == KnownResourceStates.Finished || snapshot.State?.Text == KnownResourceStates.Exited) && snapshot.ExitCode == wait.ExitCode,
    };

    public static string Reason(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == ReasonProperty)?.Value as string
        ?? (snapshot.ExitCode is { } code ? $"it ended with exit code {code}" : "no reason is known");

    public static CustomResourceSnapshot WithReason(this CustomResourceSnapshot snapshot, string? reason)
    {
        var others = snapshot.Properties.Where(property => property.Name != ReasonProperty);
        return snapshot with { Properties = reason is null ? [.. others] : [.. others, new(ReasonProperty, reason)] };
    }
}

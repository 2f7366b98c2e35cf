using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Terminal;

/// <summary>States in words.</summary>
internal static class ResourceText
{
    public static string State(CustomResourceSnapshot snapshot) => snapshot switch
    {
        { HealthStatus: HealthStatus.Healthy } => "Running",
        { HealthStatus: { } } => "Running, not healthy yet",
        { State.Text: { } state } => state,
        _ => "Unknown",
    };

    public static string Line(CustomResourceSnapshot snapshot)
    {
        var urls = snapshot.HealthStatus == HealthStatus.Healthy ? string.Concat(snapshot.Urls.Select(url => $" {url.Url}")) : "";
        return State(snapshot) + urls + (Why(snapshot) is { } why ? $": {why}" : "");
    }

    /// <summary>Why it is not as it should be.</summary>
    public static string? Why(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.FailedToStart || snapshot.State?.Text == Snapshots.Restarting ? Snapshots.Reason(snapshot) : null;
}

using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

internal static class Instances
{
    /// <summary>The names of what runs for a resource: its own, or one a replica.</summary>
    public static IReadOnlyList<string> Ids(IResource resource)
    {
        var replicas = resource.GetReplicaCount();
        return replicas == 1 ? [resource.Name] : [.. Enumerable.Range(1, replicas).Select(number => $"{resource.Name}-{number}")];
    }
}

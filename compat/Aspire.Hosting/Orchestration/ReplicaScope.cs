using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// While one replica's environment is worked out or its health is asked for, the endpoint's target port is that replica's own.
/// </summary>
internal static class ReplicaScope
{
    private static readonly AsyncLocal<int?> Current = new();

    /// <summary>Says for which replica, counted from 0, values are being resolved in this flow.</summary>
    public static void Enter(int replica) => Current.Value = replica;

    /// <summary>The port the process of this flow listens on.</summary>
    public static int ProcessPort(EndpointAnnotation endpoint) => Ports(endpoint)[0];

    /// <summary>The ports of this flow's replica, or of all.</summary>
    public static IReadOnlyList<int> Ports(EndpointAnnotation endpoint) => (endpoint.ProcessPorts.Count, Current.Value) switch
    {
        (0, _) => throw new InvalidOperationException($"The target port of the endpoint '{endpoint.Name}' is not known before the application starts."),
        (_, null) => endpoint.ProcessPorts,
        var (count, replica) => [endpoint.ProcessPorts[Math.Min(replica.Value, count - 1)]],
    };
}

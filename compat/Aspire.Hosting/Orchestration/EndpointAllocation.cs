using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Orchestration;

/// <summary>Gives every endpoint its port, and every process behind it one of its own where that is another.</summary>
internal sealed class EndpointAllocation(IConfiguration configuration)
{
    private readonly bool _randomize = bool.TryParse(configuration["DcpPublisher:RandomizePorts"], out var randomize) && randomize;

    /// <summary>Allocates the endpoints of a resource.</summary>
    /// <returns>The endpoints that need something between their port and the processes.</returns>
    public IReadOnlyList<EndpointAnnotation> Allocate(IResource resource)
    {
        var replicas = resource.GetReplicaCount();
        var proxied = new List<EndpointAnnotation>();
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            if (!endpoint.IsProxied && replicas > 1)
            {
                throw new DistributedApplicationException(
                    $"Resource '{resource.Name}' uses multiple replicas and a proxy-less endpoint '{endpoint.Name}'. These features do not work together.");
            }

            var port = PublicPort(endpoint);
            endpoint.AllocatedEndpoint = new(endpoint, Host(endpoint), port);
            endpoint.ProcessPorts = ProcessPorts(endpoint, port, replicas);
            if (replicas > 1 || endpoint.ProcessPorts[0] != port)
            {
                proxied.Add(endpoint);
            }
        }

        return proxied;
    }

    private static string Host(EndpointAnnotation endpoint) => endpoint.TargetHost is "*" or "+" or "0.0.0.0" or "[::]" ? KnownHostNames.Localhost : endpoint.TargetHost;

    private static IReadOnlyList<int> ProcessPorts(EndpointAnnotation endpoint, int port, int replicas) => (replicas, endpoint) switch
    {
        ( > 1, _) => [.. Enumerable.Range(0, replicas).Select(static _ => Ports.TakeFree())],
        (_, { IsProxied: true, TargetPort: { } target }) => [target],
        _ => [port],
    };

    // Whoever listens on a port that was fixed in its own code keeps it; everybody else can be moved.
    private int PublicPort(EndpointAnnotation endpoint) => endpoint switch
    {
        { IsProxied: false, TargetPort: { } target } => target,
        { IsProxied: false, Port: { } port } => port,
        { Port: { } port } when !_randomize => port,
        _ => Ports.TakeFree(),
    };
}

using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace ModelOps.Inference.DesiredState;

/// <summary>Where this replica is reached: Kestrel's endpoints `http` and `grpc` with the ports they were really bound to.</summary>
internal sealed class ReplicaEndpoints(IOptions<DesiredStateOptions> options) : IConfigureOptions<KestrelServerOptions>
{
    private const string Http = "http";
    private const string Grpc = "grpc";
    private readonly Dictionary<string, ListenOptions> _endpoints = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Base address of the REST endpoint; known once the server has started.</summary>
    public string HttpAddress => AddressOf(Http);

    /// <summary>Base address of the gRPC endpoint; known once the server has started.</summary>
    public string GrpcAddress => AddressOf(Grpc);

    public void Configure(KestrelServerOptions options)
    {
        foreach (var name in (string[])[Http, Grpc])
        {
            options.ConfigurationLoader?.Endpoint(name, endpoint => _endpoints[name] = endpoint.ListenOptions);
        }
    }

    private string AddressOf(string name)
    {
        if (!_endpoints.TryGetValue(name, out var listen) || listen.IPEndPoint is not { } bound)
        {
            throw new InvalidOperationException($"Kestrel:Endpoints:{name} must be configured with an IP address");
        }
        return $"http://{options.Value.AdvertisedHost ?? HostOf(bound.Address)}:{bound.Port}";
    }

    private static string HostOf(IPAddress address)
    {
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            return Dns.GetHostName();
        }
        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
    }
}

using System.Collections.ObjectModel;
using System.Net;

namespace StackExchange.Redis;

#pragma warning disable CA1010 // The base class is that of the package.

/// <summary>Where servers are. Those without a port have the usual one.</summary>
public sealed class EndPointCollection : Collection<EndPoint>, IEnumerable<EndPoint>
{
    private const int DefaultPort = 6379;
    private const int DefaultSslPort = 6380;

    public EndPointCollection()
    {
    }

    public EndPointCollection(IList<EndPoint> endpoints)
        : base(endpoints)
    {
    }

    /// <summary>Reads <c>host</c>, <c>host:port</c> or an IP address with or without a port.</summary>
    /// <returns>Null when it is none.</returns>
    public static EndPoint? TryParse(string endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (IPAddress.TryParse(endpoint.Trim('[', ']'), out var address))
        {
            return new IPEndPoint(address, 0);
        }
        var (host, port) = endpoint.LastIndexOf(':') is >= 0 and var colon ? (endpoint[..colon], endpoint[(colon + 1)..]) : (endpoint, "0");
        if (host.Length == 0 || !ushort.TryParse(port, out var number))
        {
            return null;
        }
        return IPAddress.TryParse(host.Trim('[', ']'), out address) ? new IPEndPoint(address, number) : new DnsEndPoint(host, number);
    }

    /// <summary>Writes <c>host:port</c>.</summary>
    public static string ToString(EndPoint? endpoint) => endpoint switch
    {
        DnsEndPoint { Port: 0 } dns => dns.Host,
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        IPEndPoint { Port: 0 } ip => ip.Address.ToString(),
        _ => endpoint?.ToString() ?? "",
    };

    public void Add(string hostAndPort) => Add(TryParse(hostAndPort) ?? throw new ArgumentException($"Could not parse host and port from '{hostAndPort}'"));

    public void Add(string host, int port) => Add(new DnsEndPoint(host, port));

    public void Add(IPAddress host, int port) => Add(new IPEndPoint(host, port));

    internal List<EndPoint> WithPorts(bool ssl) => [.. this.Select(endpoint => endpoint switch
    {
        DnsEndPoint { Port: 0 } dns => new DnsEndPoint(dns.Host, ssl ? DefaultSslPort : DefaultPort),
        IPEndPoint { Port: 0 } ip => new IPEndPoint(ip.Address, ssl ? DefaultSslPort : DefaultPort),
        _ => endpoint,
    })];
}

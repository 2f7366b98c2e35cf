using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint of a resource, as declared.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private string? _transport;

    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool isProxied = true)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? (protocol == ProtocolType.Udp ? "udp" : "tcp");
        _transport = transport;
        Name = name ?? UriScheme;
        Port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
    }

    public string Name { get; set; }

    public ProtocolType Protocol { get; set; }

    /// <summary>The port clients use; a free one when not set.</summary>
    public int? Port { get; set; }

    /// <summary>The port the process listens on; the same one unless something stands in between.</summary>
    public int? TargetPort { get; set; }

    public string TargetHost { get; set; } = KnownHostNames.Localhost;

    public string UriScheme { get; set; }

    /// <summary>The protocol on the wire: http, http2 or tcp.</summary>
    public string Transport
    {
        get => _transport ?? (UriScheme is "http" or "https" ? "http" : Protocol == ProtocolType.Udp ? "udp" : "tcp");
        set => _transport = value;
    }

    public bool IsExternal { get; set; }

    public bool IsProxied { get; set; }

    /// <summary>Where the endpoint is in this run; null before the application starts.</summary>
    public AllocatedEndpoint? AllocatedEndpoint { get; set; }

    /// <summary>The variable that tells the process its port.</summary>
    internal string? PortVariable { get; set; }

    /// <summary>The name in the project's Kestrel:Endpoints, when it comes from there.</summary>
    internal string? KestrelName { get; set; }

    /// <summary>The ports of the processes behind this endpoint, one a replica.</summary>
    internal IReadOnlyList<int> ProcessPorts { get; set; } = [];
}

/// <summary>Host names that mean something to Aspire.</summary>
public static class KnownHostNames
{
    public const string Localhost = "localhost";
}

using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace ModelOps.Gateway.Routing;

/// <summary>The connections to replicas and to the Registry: HTTP/2 ones are shared by all calls and multiply when their streams are used up.</summary>
internal sealed class Upstreams(IOptions<RoutingOptions> options) : IDisposable
{
    /// <summary>Sends what is forwarded.</summary>
    public HttpMessageInvoker Client { get; } = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = options.Value.ConnectTimeout,
        KeepAlivePingDelay = TimeSpan.FromSeconds(20),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
    });

    public void Dispose() => Client.Dispose();
}

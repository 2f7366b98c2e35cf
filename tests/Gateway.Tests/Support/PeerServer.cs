using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ModelOps.Gateway.Tests.Support;

/// <summary>A real server with the two endpoints that every service has, playing the far side of the gateway's protocols.</summary>
internal sealed class PeerServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PeerServer(WebApplication app)
    {
        _app = app;
        var addresses = app.Urls.ToArray();
        (Http, Grpc) = (addresses[0], addresses[1]);
    }

    /// <summary>Base address of the REST endpoint.</summary>
    public string Http { get; }

    /// <summary>Base address of the gRPC endpoint.</summary>
    public string Grpc { get; }

    public static async Task<PeerServer> StartAsync(Action<IServiceCollection> services, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRouting().AddLogging();
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = null);
        services(builder.Services);
        var app = builder.Build();
        app.UseRouting();
        map(app);
        await app.StartAsync(CancellationToken.None);
        return new(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

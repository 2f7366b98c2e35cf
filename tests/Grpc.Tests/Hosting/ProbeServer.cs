using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Hosting;

/// <summary>A real Kestrel on a free port with the probe service, and channels to it.</summary>
internal sealed class ProbeServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<ConnectionContext, bool> _connections;
    private readonly List<IDisposable> _owned = [];

    private ProbeServer(WebApplication app, ProbeBehavior behavior, ConcurrentDictionary<ConnectionContext, bool> connections)
    {
        _app = app;
        _connections = connections;
        Behavior = behavior;
        Address = new Uri(app.Urls.Single());
        Client = new Probe.ProbeClient(Channel());
    }

    public ProbeBehavior Behavior { get; }

    public Uri Address { get; }

    /// <summary>On a channel with the defaults.</summary>
    public Probe.ProbeClient Client { get; }

    public IMeterFactory MeterFactory => _app.Services.GetRequiredService<IMeterFactory>();

    public int ConnectionsSeen => _connections.Count;

    public IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public static async Task<ProbeServer> StartAsync(
        Action<GrpcServiceOptions>? grpc = null,
        Action<WebApplicationBuilder>? builder = null,
        Action<WebApplication>? pipeline = null,
        Action<ListenOptions>? listen = null,
        Action<KestrelServerOptions>? kestrel = null)
    {
        var behavior = new ProbeBehavior();
        var connections = new ConcurrentDictionary<ConnectionContext, bool>();
        var web = WebApplication.CreateSlimBuilder();
        web.Logging.ClearProviders();
        web.Services.AddSingleton(behavior);
        web.Services.AddGrpc(grpc ?? (_ => { }));
        web.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http2;
                endpoint.Use(next => connection =>
                {
                    connections.TryAdd(connection, true);
                    return next(connection);
                });
                listen?.Invoke(endpoint);
            });
            kestrel?.Invoke(options);
        });
        builder?.Invoke(web);
        var app = web.Build();
        if (pipeline is null)
        {
            app.MapGrpcService<ProbeService>();
        }
        else
        {
            pipeline(app);
        }
        await app.StartAsync(CancellationToken.None);
        return new ProbeServer(app, behavior, connections);
    }

    /// <summary>A channel that goes with the server.</summary>
    public GrpcChannel Channel(Action<GrpcChannelOptions>? configure = null)
    {
        var options = new GrpcChannelOptions();
        configure?.Invoke(options);
        return Own(GrpcChannel.ForAddress(Address, options));
    }

    public T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }

    public Task StopAsync() => _app.StopAsync(new CancellationToken(canceled: true));

    /// <summary>Drops every connection as a crash would.</summary>
    public void AbortConnections()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var resource in _owned)
        {
            resource.Dispose();
        }
        await _app.DisposeAsync();
    }
}

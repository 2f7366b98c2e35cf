using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace ModelOps.Interop.Server;

/// <summary>Our server on Kestrel, h2c, a free port of the loopback.</summary>
public sealed class EchoServer : IAsyncLifetime
{
    /// <summary>Fits the 20 MiB messages, and not much more.</summary>
    public const int LargestMessage = 24 * 1024 * 1024;

    private readonly ConcurrentQueue<string> _responseEncodings = new();
    private WebApplication? _app;

    public string Address { get; private set; } = "";

    /// <summary>The grpc-encoding of every answer so far; empty where there was none.</summary>
    public IReadOnlyCollection<string> ResponseEncodings => _responseEncodings;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Limits.Http2.MaxStreamsPerConnection = 2000;
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<CallLedger>();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = LargestMessage;
            grpc.ResponseCompressionAlgorithm = "gzip";
        });
        builder.Services.AddGrpcReflection();
        builder.Services
            .AddGrpcHealthChecks(health =>
            {
                health.Services.Map("", check => !check.Tags.Contains("echo"));
                health.Services.Map("modelops.interop.v1.Echo", check => check.Tags.Contains("echo"));
            })
            .AddCheck("self", () => HealthCheckResult.Healthy())
            .AddCheck("echo", () => HealthCheckResult.Unhealthy("always"), tags: ["echo"]);
        _app = builder.Build();
        _app.Use(async (http, next) =>
        {
            await next(http);
            _responseEncodings.Enqueue(http.Response.Headers.GrpcEncoding.ToString());
        });
        _app.MapGrpcService<EchoRpc>();
        _app.MapGrpcHealthChecksService();
        _app.MapGrpcReflectionService();
        await _app.StartAsync(CancellationToken.None);
        Address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()["http://".Length..];
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }
}

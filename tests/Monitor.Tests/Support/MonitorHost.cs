using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Tests.Support;

/// <summary>The service on real Kestrel, PostgreSQL and RabbitMQ.</summary>
internal sealed class MonitorHost : IAsyncDisposable
{
    private const string ServiceKey = "a-service-credential-of-some-length-0123456789";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private MonitorHost(WebApplication app, string database, ErrorRecorder errors)
    {
        (_app, Database, Errors) = (app, database, errors);
        // Endpoints are told apart by their loopback address.
        _channel = GrpcChannel.ForAddress(app.Urls.Single(url => url.Contains("127.0.0.2", StringComparison.Ordinal)));
    }

    public string Database { get; }

    public ErrorRecorder Errors { get; }

    public Monitoring.MonitoringClient Client => new(_channel);

    /// <summary>The credential of the application's services, and who is behind the call.</summary>
    public static Metadata Headers => new() { { "authorization", $"Bearer {ServiceKey}" }, { "x-modelops-actor", "tester" } };

    public static DateTime Deadline => TimeProvider.System.GetUtcNow().Add(Limit).UtcDateTime;

    public static async Task<MonitorHost> StartAsync(string database, string bus, string registry)
    {
        var errors = new ErrorRecorder();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:http:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:grpc:Url"] = "http://127.0.0.2:0",
            ["Kestrel:Endpoints:grpc:Protocols"] = "Http2",
            ["ConnectionStrings:monitordb"] = database,
            ["ConnectionStrings:bus"] = bus,
            ["Registry:Address"] = registry,
            ["Registry:MaxRetries"] = "0",
            ["Services:Key"] = ServiceKey,
            ["Monitor:Ingest:LongestPause"] = "00:00:00.500",
        });
        builder.Logging.ClearProviders().AddProvider(errors);
        builder.AddServiceDefaults();
        builder.AddMonitor();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapMonitor();
        await app.StartAsync(CancellationToken.None);
        return new(app, database, errors);
    }

    public HttpClient CreateHttp()
    {
        var client = new HttpClient { BaseAddress = new(_app.Urls.Single(url => url.Contains("127.0.0.1", StringComparison.Ordinal))) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", ServiceKey);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}

using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using Wire = ModelOps.Contracts.Features.V1;

namespace ModelOps.FeatureStore.Tests.Support;

/// <summary>The service on real Kestrel, PostgreSQL, Redis and RabbitMQ.</summary>
internal sealed class FeatureStoreHost : IAsyncDisposable
{
    private const string ServiceKey = "a-service-credential-of-some-length-0123456789";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private FeatureStoreHost(WebApplication app, ErrorRecorder errors)
    {
        (_app, Errors) = (app, errors);
        // Endpoints are told apart by their loopback address.
        Http = new(app.Urls.Single(url => url.Contains("127.0.0.1", StringComparison.Ordinal)));
        _channel = GrpcChannel.ForAddress(app.Urls.Single(url => url.Contains("127.0.0.2", StringComparison.Ordinal)));
    }

    public static DateTime Deadline => TimeProvider.System.GetUtcNow().Add(Limit).UtcDateTime;

    public Uri Http { get; }

    public ErrorRecorder Errors { get; }

    public IServiceProvider Services => _app.Services;

    public Wire.FeatureStore.FeatureStoreClient Client => new(_channel);

    public IDatabase Redis => Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    public static async Task<FeatureStoreHost> StartAsync(string postgres, string redis, string bus)
    {
        var errors = new ErrorRecorder();
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:http:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:grpc:Url"] = "http://127.0.0.2:0",
            ["Kestrel:Endpoints:grpc:Protocols"] = "Http2",
            ["ConnectionStrings:featuresdb"] = postgres,
            ["ConnectionStrings:redis"] = redis,
            ["ConnectionStrings:bus"] = bus,
            ["Services:Key"] = ServiceKey,
            // The shared machine may be busy; what is slow is not down.
            ["FeatureStore:Online:Timeout"] = "00:00:20",
        });
        builder.Logging.ClearProviders().AddProvider(errors);
        builder.AddServiceDefaults();
        builder.AddFeatureStore();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapFeatureStore();
        await app.StartAsync(CancellationToken.None);
        return new(app, errors);
    }

    /// <summary>The credential of the application's services, and who is behind the call.</summary>
    public static Metadata Headers() => new() { { "authorization", $"Bearer {ServiceKey}" }, { "x-modelops-actor", "tester" } };

    public HttpClient CreateHttp(string? key = ServiceKey)
    {
        var client = new HttpClient { BaseAddress = Http, Timeout = Limit };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}

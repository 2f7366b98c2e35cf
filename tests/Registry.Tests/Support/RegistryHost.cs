using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Registry.Artifacts;

namespace ModelOps.Registry.Tests.Support;

/// <summary>The service on real Kestrel and PostgreSQL, with an artifact folder of its own.</summary>
internal sealed class RegistryHost : IAsyncDisposable
{
    public const int MaxArtifactBytes = 2 << 20;
    /// <summary>A broker that is not there: the service runs without.</summary>
    private const string Nowhere = "amqp://guest:guest@127.0.0.1:1";
    private const string ServiceKey = "a-service-credential-of-some-length-0123456789";

    private readonly WebApplication _app;
    private readonly DirectoryInfo _folder;
    private readonly GrpcChannel _channel;

    private RegistryHost(WebApplication app, DirectoryInfo folder, ErrorRecorder errors)
    {
        (_app, _folder, Errors) = (app, folder, errors);
        // Endpoints are told apart by their loopback address.
        Http = new(app.Urls.Single(url => url.Contains("127.0.0.1", StringComparison.Ordinal)));
        _channel = GrpcChannel.ForAddress(app.Urls.Single(url => url.Contains("127.0.0.2", StringComparison.Ordinal)));
    }

    public Uri Http { get; }

    public ErrorRecorder Errors { get; }

    public IServiceProvider Services => _app.Services;

    public ModelRegistry.ModelRegistryClient Client => new(_channel);

    public ArtifactStore Artifacts => Services.GetRequiredService<ArtifactStore>();

    public static async Task<RegistryHost> StartAsync(string connectionString, string bus = Nowhere)
    {
        var folder = Directory.CreateTempSubdirectory("registry-tests-");
        var errors = new ErrorRecorder();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = folder.FullName });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:http:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:grpc:Url"] = "http://127.0.0.2:0",
            ["Kestrel:Endpoints:grpc:Protocols"] = "Http2",
            ["ConnectionStrings:registrydb"] = connectionString,
            ["Services:Key"] = ServiceKey,
            ["ConnectionStrings:bus"] = bus,
            ["Registry:Artifacts:MaxBytes"] = $"{MaxArtifactBytes}",
        });
        builder.Logging.ClearProviders().AddProvider(errors);
        builder.AddServiceDefaults();
        builder.AddRegistry();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapRegistry();
        await app.StartAsync(CancellationToken.None);
        return new(app, folder, errors);
    }

    /// <summary>The credential of the application's services, and who is behind the call.</summary>
    public static Metadata Headers(string actor = "tester") => new()
    {
        { "authorization", $"Bearer {ServiceKey}" },
        { "x-modelops-actor", actor },
    };

    public HttpClient CreateHttp(string? key = ServiceKey)
    {
        var client = new HttpClient { BaseAddress = Http };
        client.DefaultRequestHeaders.Add("x-modelops-actor", "tester");
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }
        return client;
    }

    /// <summary>Every file in the artifact folder, finished or not.</summary>
    public IReadOnlyList<string> Files() => [.. _folder.EnumerateFiles("*", SearchOption.AllDirectories).Select(file => file.FullName).Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOps.ServiceDefaults.Tests.Probe;

namespace ModelOps.ServiceDefaults.Tests.Hosting;

/// <summary>A service on real Kestrel: one port for REST and one for gRPC, both given by the system, in the development environment.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    public const string ServiceKey = "a-service-credential-of-some-length-0123456789";

    private readonly WebApplication _app;
    private readonly List<IDisposable> _open = [];

    private TestHost(WebApplication app, LogRecorder log)
    {
        _app = app;
        Log = log;
    }

    public LogRecorder Log { get; }

    public IServiceProvider Services => _app.Services;

    // Configured endpoints start in the order of their names.
    public Uri Grpc => new(_app.Urls.First());

    public Uri Http => new(_app.Urls.Last());

    public static async Task<TestHost> StartAsync(
        Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null,
        ProbeAnswer? probe = null,
        Dictionary<string, string?>? settings = null,
        bool mapProbe = true)
    {
        var log = new LogRecorder();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:http:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:grpc:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:grpc:Protocols"] = "Http2",
            ["Services:Key"] = ServiceKey,
        });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders().AddProvider(log);
        builder.AddServiceDefaults();
        builder.Services.AddSingleton(probe ?? ((_, _) => Task.FromResult(new AskReply())));
        configure?.Invoke(builder);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        if (mapProbe)
        {
            app.MapGrpcService<ProbeRpc>();
        }
        map?.Invoke(app);
        await app.StartAsync(CancellationToken.None);
        return new(app, log);
    }

    /// <summary>A client that has the service credential, unless told otherwise.</summary>
    public HttpClient CreateHttp(string? bearer = ServiceKey)
    {
        var client = Opened(new HttpClient { BaseAddress = Http });
        if (bearer is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", bearer);
        }
        return client;
    }

    /// <summary>A client without a credential: the call brings its own.</summary>
    public Probe.Probe.ProbeClient CreateProbe() => new(Opened(GrpcChannel.ForAddress(Grpc)));

    public GrpcChannel CreateChannel() => Opened(GrpcChannel.ForAddress(Grpc));

    public async ValueTask DisposeAsync()
    {
        _open.ForEach(open => open.Dispose());
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private T Opened<T>(T client)
        where T : IDisposable
    {
        _open.Add(client);
        return client;
    }
}

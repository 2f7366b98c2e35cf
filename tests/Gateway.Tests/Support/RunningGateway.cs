using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Net.Client;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOps.Gateway.Replicas;
using ModelOps.Testing;

namespace ModelOps.Gateway.Tests.Support;

/// <summary>The gateway as its program runs it, on free ports, in this process.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    public const string AdminKey = "bootstrap-admin-key-of-the-tests";
    public const string ServiceKey = "service-credential-of-the-gateway-tests";

    private readonly WebApplication _app;
    private readonly ErrorLog _errors;
    private readonly List<IDisposable> _clients = [];

    private RunningGateway(WebApplication app, ErrorLog errors)
    {
        (_app, _errors) = (app, errors);
        var addresses = app.Urls.ToArray(); // configured endpoints listen in the order of their names
        (GrpcAddress, HttpAddress) = (addresses[0], addresses[1]);
        (Rest, Channel) = (CreateRest(AdminKey), CreateChannel());
    }

    public string HttpAddress { get; }

    public string GrpcAddress { get; }

    /// <summary>A REST client with the admin key.</summary>
    public HttpClient Rest { get; }

    /// <summary>A channel without a key; see <see cref="KeyHeaders"/>.</summary>
    public GrpcChannel Channel { get; }

    private IServiceProvider Services => _app.Services;

    public static async Task<RunningGateway> StartAsync(string database, PeerRegistry registry, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = "Production" });
        var configuration = new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:grpc:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:grpc:Protocols"] = "Http2",
            ["Kestrel:Endpoints:http:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:http:Protocols"] = "Http1",
            ["ConnectionStrings:gatewaydb"] = database,
            ["ConnectionStrings:bus"] = "amqp://nobody:nothing@127.0.0.1:1", // away, unless a test has a broker: events wait in the outbox
            ["Services:Key"] = ServiceKey,
            ["Registry:Address"] = registry.Grpc,
            ["Registry:HttpAddress"] = registry.Http,
            ["Gateway:BootstrapAdminKey"] = AdminKey,
            ["Gateway:ApiKeys:RememberFor"] = "00:00:01",
            ["Gateway:ApiKeys:RecordUseEvery"] = "00:00:00.200",
            ["Gateway:Deployments:KeepPreviousFor"] = "00:00:00",
        };
        foreach (var (key, value) in settings)
        {
            configuration[key] = value;
        }
        builder.Configuration.AddInMemoryCollection(configuration);
        var errors = new ErrorLog();
        builder.Logging.ClearProviders().AddProvider(errors);

        builder.AddServiceDefaults();
        builder.AddGateway();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGateway();
        await app.StartAsync(CancellationToken.None);
        return new(app, errors);
    }

    /// <summary>The service credential, as a replica sends it.</summary>
    public static Metadata ServiceHeaders() => new() { { "authorization", $"Bearer {ServiceKey}" }, { "x-modelops-actor", "inference" } };

    /// <summary>An API key, as a client sends it.</summary>
    public static Metadata KeyHeaders(string key = AdminKey) => new() { { "x-api-key", key } };

    /// <summary>A REST client with a key, or with none.</summary>
    public HttpClient CreateRest(string? key)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new(HttpAddress) };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        _clients.Add(client);
        return client;
    }

    /// <summary>A channel of its own.</summary>
    public GrpcChannel CreateChannel()
    {
        var channel = GrpcChannel.ForAddress(GrpcAddress, new() { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        _clients.Add(channel);
        return channel;
    }

    /// <summary>Publishes an event to the broker, as another service does.</summary>
    public async Task PublishAsync<TEvent>(TEvent @event, Guid messageId)
        where TEvent : class
    {
        var bus = Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(60)); // before, its queue may not be there
        await bus.Publish(@event, context => context.MessageId = messageId, CancellationToken.None);
    }

    /// <summary>No test may make the gateway log an error.</summary>
    public void AssertNoErrors() => Assert.True(_errors.Errors.Count == 0, string.Join(Environment.NewLine, _errors.Errors));

    /// <summary>Waits until a replica's stream has ended on this side too.</summary>
    public Task UntilGoneAsync(string instanceId) => Poll.UntilAsync(
        $"replica {instanceId} is out",
        () => Services.GetRequiredService<ReplicaDirectory>().Current.Replicas.All(state => state.Replica.InstanceId != instanceId),
        ct: CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        AssertNoErrors();
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace ModelOps.Bench.Inference;

/// <summary>The whole application as its AppHost describes it, with one Inference replica, on ports and data of its own.</summary>
internal sealed class BenchApplication : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(3);
    private readonly DistributedApplication _app;
    private readonly HttpClient _gateway;

    private BenchApplication(DistributedApplication app, string adminKey, string serviceKey)
    {
        _app = app;
        ServiceKey = serviceKey;
        AdminKey = adminKey;
        _gateway = app.CreateHttpClient("gateway", "http");
        _gateway.DefaultRequestHeaders.Add("X-API-Key", adminKey);
    }

    /// <summary>Opens the replica.</summary>
    public string ServiceKey { get; }

    /// <summary>Opens the gateway.</summary>
    public string AdminKey { get; }

    /// <summary>The replica's own gRPC endpoint, past the gateway.</summary>
    public Uri InferenceGrpc => _app.GetEndpoint("inference", "grpc");

    public Uri GatewayGrpc => _app.GetEndpoint("gateway", "grpc");

    public static async Task<BenchApplication> StartAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StartsWithin);
        var (adminKey, serviceKey) = ($"mo_{Secret()}", Secret());
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ModelOps_AppHost>(
            [$"Parameters:admin-key={adminKey}", $"Parameters:service-key={serviceKey}", "Inference:Replicas=1"], limit.Token);
        var app = await builder.BuildAsync(limit.Token);
        await app.StartAsync(limit.Token);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("inference", limit.Token);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("gateway", limit.Token);
        return new BenchApplication(app, adminKey, serviceKey);
    }

    /// <summary>Registers a model, deploys it and waits until the replica serves it.</summary>
    public async Task DeployAsync(GoldenModel model, CancellationToken ct)
    {
        using var form = new MultipartFormDataContent
        {
            { JsonContent.Create(new JsonObject { ["description"] = "golden model" }), "metadata" },
            { new ByteArrayContent(await File.ReadAllBytesAsync(model.File, ct)), "artifact", $"{model.Name}.onnx" },
        };
        using var registered = await _gateway.PostAsync($"/api/v1/models/{model.Name}/versions", form, ct);
        if (registered.StatusCode != HttpStatusCode.Conflict)
        {
            registered.EnsureSuccessStatusCode();
        }
        using var deployed = await _gateway.PutAsJsonAsync($"/api/v1/models/{model.Name}/deployment", new { version = 1 }, ct);
        deployed.EnsureSuccessStatusCode();
        while (!(await _gateway.GetFromJsonAsync<JsonElement>($"/api/v1/models/{model.Name}/deployment", ct)).GetProperty("ready").GetBoolean())
        {
            await Task.Delay(100, ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _gateway.Dispose();
        await _app.DisposeAsync();
    }

    private static string Secret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}

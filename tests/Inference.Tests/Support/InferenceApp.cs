using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.DesiredState;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.Support;

/// <summary>The service as it runs: real Kestrel on free ports, real gRPC and HTTP clients.</summary>
internal sealed class InferenceApp : IAsyncDisposable
{
    public const string Key = "test-credential-0123456789abcdef-0123456789abcdef";
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;
    private readonly string _folder;

    private InferenceApp(WebApplication app, string folder)
    {
        (_app, _folder) = (app, folder);
        var endpoints = app.Services.GetRequiredService<ReplicaEndpoints>();
        Http = new HttpClient { BaseAddress = new Uri(endpoints.HttpAddress) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        _channel = GrpcChannel.ForAddress(endpoints.GrpcAddress, new() { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        Grpc = new GRPCInferenceService.GRPCInferenceServiceClient(_channel);
    }

    public HttpClient Http { get; }

    public GRPCInferenceService.GRPCInferenceServiceClient Grpc { get; }

    public IServiceProvider Services => _app.Services;

    public string CacheDirectory => Path.Combine(_folder, "cache");

    /// <summary>The credential every call carries.</summary>
    public static Metadata Headers => new() { { "authorization", $"Bearer {Key}" } };

    public static async Task<InferenceApp> StartAsync(Peers peers, params (string Key, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("modelops-inference-").FullName;
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:http:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:http:Protocols"] = "Http1",
            ["Kestrel:Endpoints:grpc:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:grpc:Protocols"] = "Http2",
            ["Services:Key"] = Key,
            ["Registry:Address"] = peers.Address,
            ["Gateway:Address"] = peers.Address,
            ["FeatureStore:Address"] = peers.Address,
            ["Inference:CacheDirectory"] = Path.Combine(folder, "cache"),
            ["Inference:Probe:Enabled"] = "false", // a process per version; the tests about it turn it on
            ["Inference:MinBackOff"] = "00:00:00.020",
            ["Inference:MaxBackOff"] = "00:00:00.100",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.AddServiceDefaults();
        builder.AddInference();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapInference();
        await app.StartAsync(CancellationToken.None);
        return new InferenceApp(app, folder);
    }

    /// <summary>Waits until a version answers.</summary>
    public Task ReadyAsync(string model, long version) => Poll.UntilAsync(
        $"{model} version {version} is ready",
        async ct => (await Grpc.ModelReadyAsync(new() { Name = model, Version = version.ToString() }, Headers, cancellationToken: ct)).Ready,
        ct: CancellationToken.None);

    public async Task<ModelInferResponse> InferAsync(ModelInferRequest request, CancellationToken ct) =>
        await Grpc.ModelInferAsync(request, Headers, cancellationToken: ct);

    public Task<ModelInferResponse> InferAsync(ModelInferRequest request) => InferAsync(request, CancellationToken.None);

    /// <summary>Sends a request that must be refused.</summary>
    public async Task<Status> RefusedAsync(ModelInferRequest request) =>
        (await Assert.ThrowsAnyAsync<RpcException>(() => InferAsync(request, CancellationToken.None))).Status;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _channel.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

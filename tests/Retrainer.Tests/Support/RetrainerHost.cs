using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOps.Contracts.Retraining.V1;
using ModelOps.Testing;

namespace ModelOps.Retrainer.Tests.Support;

/// <summary>The service on real Kestrel, PostgreSQL and RabbitMQ.</summary>
internal sealed class RetrainerHost : IAsyncDisposable
{
    private const string ServiceKey = "a-service-credential-of-some-length-0123456789";
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(3);

    private readonly IHost _app;
    private readonly GrpcChannel _channel;
    private readonly ErrorRecorder _errors;

    private RetrainerHost(WebApplication app, string database, ErrorRecorder errors)
    {
        (_app, Database, _errors) = (app, database, errors);
        // Endpoints are told apart by their loopback address.
        Http = new() { BaseAddress = new(app.Urls.Single(url => url.Contains("127.0.0.1", StringComparison.Ordinal))) };
        Http.DefaultRequestHeaders.Authorization = new("Bearer", ServiceKey);
        _channel = GrpcChannel.ForAddress(app.Urls.Single(url => url.Contains("127.0.0.2", StringComparison.Ordinal)));
    }

    public HttpClient Http { get; }

    public string Database { get; }

    public IServiceProvider Services => _app.Services;

    public Retraining.RetrainingClient Client => new(_channel);

    public static Metadata Headers { get; } = new() { { "authorization", $"Bearer {ServiceKey}" } };

    public static async Task<RetrainerHost> StartAsync(string database, string broker, Uri neighbours)
    {
        var errors = new ErrorRecorder();
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:http:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:grpc:Url"] = "http://127.0.0.2:0",
            ["Kestrel:Endpoints:grpc:Protocols"] = "Http2",
            ["ConnectionStrings:retrainerdb"] = database,
            ["ConnectionStrings:bus"] = broker,
            ["Services:Key"] = ServiceKey,
            ["FeatureStore:Address"] = $"{neighbours}",
            ["Monitor:Address"] = $"{neighbours}",
            ["Registry:Address"] = $"{neighbours}",
            ["Retrainer:Execution:PollInterval"] = "00:00:00.100",
            ["Retrainer:Execution:MinPause"] = "00:00:00.100",
            ["Retrainer:Execution:MaxPause"] = "00:00:01",
        });
        builder.Logging.ClearProviders().AddProvider(errors);
        builder.AddServiceDefaults();
        builder.AddRetrainer();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapRetrainer();
        await app.StartAsync(CancellationToken.None);
        return new(app, database, errors);
    }

    /// <summary>The sample's pipeline with all labelled predictions as rows.</summary>
    public static string WithAllPredictions(string yaml) => yaml.Replace("predictions: drifted_window", "predictions: all", StringComparison.Ordinal);

    /// <summary>Sets the sample's pipeline, changed as a test wants it.</summary>
    public async Task SetPipelineAsync(Func<string, string>? change = null)
    {
        using var yaml = new StringContent((change ?? (text => text))(FraudRows.PipelineYaml));
        using var answer = await Http.PutAsync("/api/v1/pipelines/fraud", yaml);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Starts a run over REST.</summary>
    public async Task<JsonElement> StartRunAsync(string algorithm = "logistic_regression", string requestId = "")
    {
        using var answer = await Http.PostAsJsonAsync("/api/v1/pipelines/fraud/runs", new { algorithm, reason = "a test", request_id = requestId });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(answer.IsSuccessStatusCode, $"{body}");
        return body;
    }

    public async Task<Run> GetRunAsync(string runId) => await Client.GetRunAsync(new() { RunId = runId }, Headers);

    /// <summary>Waits until a run is over.</summary>
    public async Task<Run> EndOfAsync(string runId)
    {
        await Poll.UntilAsync($"end of run {runId}", async _ => (await GetRunAsync(runId)).EndTime is not null, RunLimit);
        return await GetRunAsync(runId);
    }

    /// <summary>Starts a run and waits until it is over.</summary>
    public async Task<Run> RunAsync(string algorithm = "logistic_regression") =>
        await EndOfAsync((await StartRunAsync(algorithm)).GetProperty("run_id").GetString()!);

    /// <summary>Waits until a stage says a thing.</summary>
    public async Task<Run> UntilAsync(string runId, string what, Func<Run, bool> condition)
    {
        await Poll.UntilAsync(what, async _ => condition(await GetRunAsync(runId)), RunLimit);
        return await GetRunAsync(runId);
    }

    public async ValueTask DisposeAsync()
    {
        // Before the stop: MassTransit calls an event whose sending the stop interrupts a fault; the outbox still has it.
        var error = _errors.Take();
        Http.Dispose();
        _channel.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_app).DisposeAsync();
        if (error is not null)
        {
            throw new InvalidOperationException($"an error was logged that no test expected: {error}");
        }
    }
}

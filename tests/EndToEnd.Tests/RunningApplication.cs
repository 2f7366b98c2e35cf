using System.Security.Cryptography;
using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace ModelOps.EndToEnd.Tests;

/// <summary>The whole application as its AppHost describes it, on ports and data of its own, shared by the tests of the collection.</summary>
public sealed class RunningApplication : IAsyncLifetime
{
    public const string Collection = "the running application";
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(5);
    private DistributedApplication? _app;

    public string AdminKey { get; } = $"mo_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}";

    public Uri Rest { get; private set; } = null!;

    public Uri Grpc { get; private set; } = null!;

    /// <summary>A client of the gateway's REST endpoint with the admin key.</summary>
    public HttpClient CreateClient()
    {
        var http = new HttpClient { BaseAddress = Rest, Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Add("X-API-Key", AdminKey);
        return http;
    }

    public async Task InitializeAsync()
    {
        using var limit = new CancellationTokenSource(StartsWithin);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ModelOps_AppHost>([$"Parameters:admin-key={AdminKey}"], limit.Token);
        _app = await builder.BuildAsync(limit.Token);
        await _app.StartAsync(limit.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("gateway", limit.Token);
        Rest = _app.GetEndpoint("gateway", "http");
        Grpc = _app.GetEndpoint("gateway", "grpc");
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }
}

/// <summary>Starts the application once for every test class that names the collection.</summary>
[CollectionDefinition(RunningApplication.Collection)]
public sealed class RunningApplicationCollection : ICollectionFixture<RunningApplication>;

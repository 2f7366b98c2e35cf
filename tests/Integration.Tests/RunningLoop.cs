using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using ModelOps.Samples.Fraud;
using ModelOps.Samples.Fraud.Steps;
using ModelOps.Testing;

namespace ModelOps.Integration.Tests;

/// <summary>The whole application with history loaded and a first version serving; its parts can be killed.</summary>
public sealed partial class RunningLoop : IAsyncLifetime
{
    public const string Collection = "the running loop";
    private const int Sigkill = 9;
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(6);
    private DistributedApplication _app = null!;

    /// <summary>The key of the first administrator.</summary>
    public string AdminKey { get; } = $"mo_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}";

    public GatewayClient Gateway { get; private set; } = null!;

    public SampleFiles Sample { get; private set; } = null!;

    /// <summary>The version that serves.</summary>
    public long Version { get; private set; }

    /// <summary>The gateway's door for requests that no client class makes.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Where the gateway takes gRPC.</summary>
    public Uri GatewayGrpc { get; private set; } = null!;

    /// <summary>The folder of the installation's batch jobs.</summary>
    public string BatchFolder { get; private set; } = "";

    public async Task InitializeAsync()
    {
        using var limit = new CancellationTokenSource(StartsWithin);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ModelOps_AppHost>([$"Parameters:admin-key={AdminKey}"], limit.Token);
        BatchFolder = Path.Combine(builder.Configuration["Aspire:Store:Path"]!, "batch");
        _app = await builder.BuildAsync(limit.Token);
        await _app.StartAsync(limit.Token);
        foreach (var resource in new[] { "gateway", "featurestore", "monitor", "retrainer", "inference" })
        {
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(resource, limit.Token);
        }
        var rest = _app.GetEndpoint("gateway", "http");
        GatewayGrpc = _app.GetEndpoint("gateway", "grpc");
        Gateway = new GatewayClient(rest, AdminKey);
        Http = new HttpClient { BaseAddress = rest, Timeout = TimeSpan.FromSeconds(30), DefaultRequestHeaders = { { "X-API-Key", AdminKey } } };
        var folder = Path.Combine(Golden.Repository, "samples/fraud");
        // Versions that a test's pipeline run registers take no traffic by themselves: every test finds the first version deployed.
        var policy = SamplePolicy.Read(new(Path.Combine(folder, "policies/fast.json"))) with { Rollout = JsonSerializer.SerializeToElement(new { automatic = false }) };
        Sample = new SampleFiles(new(folder), policy);

        await using var labels = new LateLabels(Gateway, TimeProvider.System);
        var job = JobOf(labels);
        await FeatureStep.RunAsync(job, new Dictionary<string, object>(), limit.Token);
        Version = await FirstVersionStep.RunAsync(job, new Dictionary<string, object>(), limit.Token);
    }

    /// <summary>What the sample's steps run with.</summary>
    public JobContext JobOf(LateLabels labels) =>
        new(Gateway, new LiveTraffic(Gateway, labels, FraudModel.Name, TimeProvider.System), labels, FraudModel.Name, Sample, TimeProvider.System);

    /// <summary>Kills a resource (of several replicas the first), as the kernel's out-of-memory killer would, and waits until it runs again.</summary>
    public async Task KillAndAwaitRestartAsync(string resource, CancellationToken ct)
    {
        var replica = _app.ResourceNotifications.TryGetCurrentState(resource, out _) ? resource : $"{resource}-1";
        var before = ProcessOf(replica);
        Assert.Equal(0, Kill(before, Sigkill));
        await Poll.UntilAsync($"{resource} runs again", () => IsHealthyAgain(replica, before), TimeSpan.FromMinutes(3), ct);
    }

    /// <summary>Stops or starts a resource, as an operator would: a command of <see cref="KnownResourceCommands"/>.</summary>
    public async Task CommandAsync(string resource, string command, CancellationToken ct)
    {
        var done = await _app.ResourceCommands.ExecuteCommandAsync(resource, command, ct);
        Assert.True(done.Success, done.ErrorMessage);
    }

    public async Task DisposeAsync()
    {
        // What is missing when the start failed must not hide why it did.
        Gateway?.Dispose();
        Http?.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private bool IsHealthyAgain(string replica, int before) =>
        _app.ResourceNotifications.TryGetCurrentState(replica, out var state)
        && state.Snapshot.State?.Text == KnownResourceStates.Running
        && state.Snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
        && ProcessOf(replica) != before;

    private int ProcessOf(string replica)
    {
        Assert.True(_app.ResourceNotifications.TryGetCurrentState(replica, out var state), $"no resource named {replica}");
        var pid = state!.Snapshot.Properties.FirstOrDefault(property => property.Name == "pid")?.Value;
        return Convert.ToInt32(pid, CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

/// <summary>Starts the application once for every test class that names the collection.</summary>
[CollectionDefinition(RunningLoop.Collection)]
public sealed class RunningLoopCollection : ICollectionFixture<RunningLoop>;

using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Contracts.Events.V1;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Registry.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Registry.Tests.Rollouts;

/// <summary>With a broker: what the Gateway says moves versions.</summary>
public sealed class RolloutFinishedTests : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private readonly RabbitMQFixture _bus = new();
    private RegistryHost _host = null!;

    public async Task InitializeAsync()
    {
        await Task.WhenAll(_postgres.InitializeAsync(), _bus.InitializeAsync());
        _host = await RegistryHost.StartAsync(await _postgres.CreateDatabaseAsync(), _bus.ConnectionString);
        using var http = _host.CreateHttp();
        await Poll.UntilAsync(
            "the bus is connected", async ct => (await http.GetStringAsync("/health", ct)).Contains("\"bus\":\"Healthy\"", StringComparison.Ordinal));
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _bus.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task Promoted_makes_production_and_archives_rolled_back_sends_back_and_a_version_deployed_by_hand_stays()
    {
        await RegisterAsync("fraud", 1, passes: false);
        await RegisterAsync("fraud", 2, passes: true);
        await RegisterAsync("fraud", 3, passes: true);
        await RegisterAsync("fraud", 4, passes: true);
        var promoted = Finished("promoted", baseline: 1, candidate: 2);
        var id = Guid.CreateVersion7();

        await PublishAsync(promoted, id);
        await Poll.UntilAsync("version 2 is in production", async _ => await StagesAsync() is [Stage.Experimental, Stage.Production, _, _]);
        await PublishAsync(Finished("promoted", baseline: 2, candidate: 3), Guid.CreateVersion7());
        await Poll.UntilAsync("version 3 took its place", async _ => await StagesAsync() is [_, Stage.Archived, Stage.Production, _]);
        await PublishAsync(promoted, id); // a copy, late: it must not bring version 2 back
        await PublishAsync(Finished("rolled_back", baseline: 3, candidate: 4), Guid.CreateVersion7());
        await Poll.UntilAsync("version 4 is sent back", async _ => await StagesAsync() is [_, _, _, Stage.Experimental]);
        await PublishAsync(Finished("promoted", baseline: 3, candidate: 1), Guid.CreateVersion7());
        await Poll.UntilAsync("why version 1 stays is written down", async _ => (await HistoryAsync(1)).Count == 1);

        Assert.Equal([Stage.Experimental, Stage.Archived, Stage.Production, Stage.Experimental], await StagesAsync());
        Assert.Equal("staging experimental rollout r rolled_back: because", (await HistoryAsync(4))[0]);
        Assert.StartsWith(
            "experimental experimental rollout r promoted, not made production: the version is experimental; metrics.accuracy: is missing", (await HistoryAsync(1))[0],
            StringComparison.Ordinal);
        Assert.Null(_host.Errors.Take());
    }

    private async Task RegisterAsync(string model, float weight, bool passes)
    {
        var header = new RegisterModelVersionHeader { Model = model };
        header.Metrics.Add(passes ? new() { ["accuracy"] = 1, ["precision"] = 1, ["recall"] = 1, ["f1"] = 1 } : new Dictionary<string, double>());
        await _host.RegisterAsync(header, TestModels.Make(weight));
    }

    private Task PublishAsync(RolloutFinished finished, Guid id) =>
        _host.Services.GetRequiredService<IBus>().Publish(finished, context => context.MessageId = id);

    private async Task<Stage[]> StagesAsync()
    {
        var page = await _host.Client.ListModelVersionsAsync(new() { Model = "fraud" }, RegistryHost.Headers(), Uploads.Deadline);
        return [.. page.Versions.Reverse().Select(version => version.Stage)];
    }

    private async Task<List<string>> HistoryAsync(long version)
    {
        using var http = _host.CreateHttp();
        var history = await http.GetFromJsonAsync<JsonElement>($"/api/v1/models/fraud/versions/{version}/stage-changes");
        return [.. history.GetProperty("changes").EnumerateArray().Select(change =>
            $"{change.GetProperty("from")} {change.GetProperty("to")} {change.GetProperty("reason")}")];
    }

    private static RolloutFinished Finished(string outcome, long baseline, long candidate) =>
        new("r", "default", "production", "fraud", baseline, candidate, outcome, "because", TimeProvider.System.GetUtcNow());
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using ModelOps.Gateway.Tests.Support;
using ModelOps.Testing;
using Npgsql;

namespace ModelOps.Gateway.Tests.Rollouts;

/// <summary>A gateway whose rollouts take no time, with a Registry and a Monitor. Every test has a model of its own.</summary>
public sealed class RolloutFixture(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly object Quick = new { steps = new[] { 50, 100 }, step_seconds = 0.01 };

    private int _models;

    internal PeerRegistry Registry { get; private set; } = null!;

    internal PeerMonitor Monitor { get; private set; } = null!;

    internal RunningGateway Gateway { get; private set; } = null!;

    internal string Database { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Registry = await PeerRegistry.StartAsync();
        Monitor = await PeerMonitor.StartAsync();
        Database = await postgres.CreateDatabaseAsync();
        Gateway = await StartGatewayAsync();
    }

    public async Task DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Monitor.DisposeAsync();
        await Registry.DisposeAsync();
    }

    internal Task<RunningGateway> StartGatewayAsync(params (string Key, string Value)[] settings) => RunningGateway.StartAsync(Database, Registry,
    [
        ("Monitor:Address", Monitor.Grpc), ("Gateway:Rollouts:TickInterval", "00:00:00.050"), ("Gateway:Rollouts:StatisticsInterval", "00:00:00.050"),
        ("Gateway:Rollouts:WishInterval", "00:00:00.100"), .. settings,
    ]);

    /// <summary>Stops the gateway and starts another one on its database.</summary>
    internal async Task RestartAsync()
    {
        await Gateway.DisposeAsync();
        Gateway = await StartGatewayAsync();
    }

    /// <summary>A model with three versions in the Registry, the first one deployed, and a policy that does not wait.</summary>
    internal async Task<string> DeployAsync(RunningGateway? gateway = null, object? policy = null)
    {
        var model = $"model-{Interlocked.Increment(ref _models)}";
        Registry.Add(model, 3);
        Monitor.Good(model, 1, 2, 3);
        var rest = (gateway ?? Gateway).Rest;
        using var deployed = await rest.PutAsJsonAsync($"/api/v1/models/{model}/deployment", new { version = 1 });
        Assert.Equal(HttpStatusCode.OK, deployed.StatusCode);
        using var set = await rest.PutAsJsonAsync($"/api/v1/models/{model}/rollout-policy", policy ?? Quick);
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        return model;
    }

    /// <summary>A replica that is ready with versions of a model.</summary>
    internal async Task<PeerReplica> ReplicaAsync(string model, params long[] ready)
    {
        var replica = await PeerReplica.ConnectAsync(Gateway, $"replica-{Guid.NewGuid():N}", [.. ready.Select(version => (model, version))]);
        await replica.DesiredAsync(_ => true);
        return replica;
    }

    internal async Task<JsonElement> StartAsync(string model, long version)
    {
        using var answer = await Gateway.Rest.PostAsJsonAsync($"/api/v1/models/{model}/rollouts", new { version });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    internal async Task<(HttpStatusCode Status, string Detail)> RefusedAsync(HttpMethod method, string path, object? body = null)
    {
        using var answer = await Gateway.Rest.SendAsync(new(method, path) { Content = body is null ? null : JsonContent.Create(body) });
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (answer.StatusCode, problem.GetProperty("detail").GetString()!);
    }

    internal Task<JsonElement> DeploymentAsync(string model) => Gateway.Rest.GetFromJsonAsync<JsonElement>($"/api/v1/models/{model}/deployment");

    /// <summary>Waits until the newest rollout of a model fits.</summary>
    internal async Task<JsonElement> UntilAsync(string model, Func<JsonElement, bool> fits, RunningGateway? gateway = null)
    {
        JsonElement found = default;
        await Poll.UntilAsync($"the rollout of {model}", async ct =>
        {
            var page = await (gateway ?? Gateway).Rest.GetFromJsonAsync<JsonElement>($"/api/v1/models/{model}/rollouts?page_size=1", ct);
            var rollouts = page.GetProperty("rollouts");
            return rollouts.GetArrayLength() > 0 && fits(found = rollouts[0]);
        });
        return found;
    }

    internal Task<JsonElement> UntilStateAsync(string model, string state, RunningGateway? gateway = null) =>
        UntilAsync(model, rollout => rollout.GetProperty("state").GetString() == state, gateway);

    /// <summary>Events of a model that wait in the outbox, oldest first, as type and JSON.</summary>
    internal async Task<IReadOnlyList<(string Type, string Body)>> EventsAsync(string model)
    {
        await using var connection = new NpgsqlConnection(Database);
        var rows = await connection.QueryAsync<(string Type, string Body)>(
            "SELECT type, body::text FROM messaging.outbox WHERE aggregate = @aggregate ORDER BY sequence", new { aggregate = $"deployment/default/production/{model}" });
        return [.. rows];
    }
}

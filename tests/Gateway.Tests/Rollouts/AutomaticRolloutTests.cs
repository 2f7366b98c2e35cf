using System.Net.Http.Json;
using System.Text.Json;
using ModelOps.Contracts.Events.V1;
using ModelOps.Gateway.Deployments;
using ModelOps.Gateway.Rollouts;
using ModelOps.Gateway.Tests.Support;
using ModelOps.Testing;
using Npgsql;

namespace ModelOps.Gateway.Tests.Rollouts;

[Collection(PostgresCollection.Name)]
public sealed class AutomaticRolloutTests(RolloutFixture fixture, RabbitMQFixture broker, PostgresFixture postgres) :
    IClassFixture<RolloutFixture>, IClassFixture<RabbitMQFixture>
{
    private static readonly object Automatic = new { automatic = true, steps = new[] { 50, 100 }, step_seconds = 0.01 };

    [Fact]
    public async Task A_version_that_reaches_staging_is_rolled_out_by_itself_and_once_rolled_back_never_again()
    {
        await using var gateway = await fixture.StartGatewayAsync(("ConnectionStrings:bus", broker.ConnectionString));
        var model = await fixture.DeployAsync(policy: Automatic);
        var last = await fixture.DeployAsync(policy: Automatic);
        await using var replica = await fixture.ReplicaAsync(model, 1, 2, 3);
        await replica.ReportAsync(Contracts.Gateway.V1.LoadState.Ready, (model, 1), (model, 2), (model, 3), (last, 1), (last, 2));
        fixture.Monitor.Put(model, 3, arm => arm.LogLossMean = 3);
        var first = Guid.CreateVersion7();

        await StageAsync(gateway, model, 2, first);
        await fixture.UntilAsync(model, rollout => Is(rollout, 2, "promoted"));
        await StageAsync(gateway, model, 3, Guid.CreateVersion7());
        await fixture.UntilAsync(model, rollout => Is(rollout, 3, "rolled_back"));
        await StageAsync(gateway, model, 2, first); // a copy
        await StageAsync(gateway, model, 1, Guid.CreateVersion7()); // older than what is deployed
        await StageAsync(gateway, model, 3, Guid.CreateVersion7()); // was rolled back
        await StageAsync(gateway, last, 2, Guid.CreateVersion7()); // comes after all of them
        await fixture.UntilAsync(last, rollout => Is(rollout, 2, "promoted"));

        Assert.Equal([3, 2], await RolledOutAsync(model));
    }

    [Fact]
    public async Task A_version_without_a_grant_is_dropped_and_one_without_an_automatic_policy_waits_for_it()
    {
        await using var gateway = await fixture.StartGatewayAsync(("ConnectionStrings:bus", broker.ConnectionString));
        var model = await fixture.DeployAsync();
        await using var replica = await fixture.ReplicaAsync(model, 1, 2, 3);
        var last = await fixture.DeployAsync(policy: Automatic);
        await replica.ReportAsync(Contracts.Gateway.V1.LoadState.Ready, (model, 1), (model, 2), (model, 3), (last, 1), (last, 2));
        fixture.Registry.Refuse(model, 3, "version 3 is in stage archived");

        await StageAsync(gateway, model, 2, Guid.CreateVersion7());
        await StageAsync(gateway, model, 3, Guid.CreateVersion7());
        await StageAsync(gateway, last, 2, Guid.CreateVersion7());
        await fixture.UntilAsync(last, rollout => Is(rollout, 2, "promoted"));
        Assert.Empty(await RolledOutAsync(model));
        using var set = await gateway.Rest.PutAsJsonAsync($"/api/v1/models/{model}/rollout-policy", Automatic);
        await fixture.UntilAsync(model, rollout => Is(rollout, 2, "promoted"));

        Assert.Equal([2], await RolledOutAsync(model));
    }

    [Fact]
    public async Task A_version_that_is_not_newer_than_the_one_deployed_is_never_due()
    {
        var key = new DeploymentKey("default", "dev", await fixture.DeployAsync()); // a place whose rollouts no gateway leads here
        using var deployed = await fixture.Gateway.Rest.PutAsJsonAsync($"/api/v1/models/{key.Model}/deployment?environment=dev", new { version = 2 });
        using var set = await fixture.Gateway.Rest.PutAsJsonAsync($"/api/v1/models/{key.Model}/rollout-policy?environment=dev", Automatic);
        await using var connection = new NpgsqlConnection(fixture.Database);
        await connection.OpenAsync();

        await WishRows.AddAsync(connection, new(key, 1), DateTimeOffset.UnixEpoch, CancellationToken.None);
        await WishRows.AddAsync(connection, new(key, 2), DateTimeOffset.UnixEpoch, CancellationToken.None);
        var before = await WishRows.ReadDueAsync(connection, "dev", 10, CancellationToken.None);
        await WishRows.AddAsync(connection, new(key, 3), DateTimeOffset.UnixEpoch, CancellationToken.None);
        var after = await WishRows.ReadDueAsync(connection, "dev", 10, CancellationToken.None);

        Assert.Empty(before);
        Assert.Equal([new Wish(key, 3)], after);
    }

    [Fact]
    public async Task A_gateway_that_stops_while_it_asks_for_a_grant_logs_no_error()
    {
        var own = new RolloutFixture(postgres);
        await own.InitializeAsync();
        var asked = own.Registry.HoldGrants();
        var key = new DeploymentKey("default", "production", await own.DeployAsync(policy: Automatic));
        await using var connection = new NpgsqlConnection(own.Database);
        await connection.OpenAsync();

        await WishRows.AddAsync(connection, new(key, 2), DateTimeOffset.UnixEpoch, CancellationToken.None);
        await asked;

        await own.DisposeAsync(); // looks at what the gateway logged
    }

    private static Task StageAsync(RunningGateway gateway, string model, long version, Guid messageId) => gateway.PublishAsync(
        new ModelVersionStageChanged("default", model, version, "experimental", "staging", "passed its gates", DateTimeOffset.UnixEpoch), messageId);

    private async Task<IEnumerable<long>> RolledOutAsync(string model)
    {
        var page = await fixture.Gateway.Rest.GetFromJsonAsync<JsonElement>($"/api/v1/models/{model}/rollouts");
        return [.. page.GetProperty("rollouts").EnumerateArray().Select(rollout => rollout.GetProperty("candidate_version").GetInt64())];
    }

    private static bool Is(JsonElement rollout, long candidate, string state) =>
        (rollout.GetProperty("candidate_version").GetInt64(), rollout.GetProperty("state").GetString()) == (candidate, state);
}

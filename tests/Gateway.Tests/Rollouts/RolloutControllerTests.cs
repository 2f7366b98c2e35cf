using System.Text.Json;
using ModelOps.Gateway.Tests.Support;

namespace ModelOps.Gateway.Tests.Rollouts;

[Collection(PostgresCollection.Name)]
public sealed class RolloutControllerTests(RolloutFixture fixture) : IClassFixture<RolloutFixture>
{
    private static readonly object FiveSteps = new { steps = new[] { 1, 2, 3, 4, 100 }, step_seconds = 0.01 };

    [Fact]
    public async Task A_gateway_that_starts_again_goes_on_where_the_rollout_was()
    {
        var model = await fixture.DeployAsync();
        fixture.Monitor.Put(model, 2, arm => arm.Labels = 0);
        await using (var replica = await fixture.ReplicaAsync(model, 1, 2))
        {
            await fixture.StartAsync(model, 2);
            await fixture.UntilAsync(model, rollout => rollout.GetProperty("reason").GetString() == "hold: 0 of 500 labels on the candidate");
        }

        await fixture.RestartAsync();

        var before = await fixture.UntilStateAsync(model, "progressing");
        fixture.Monitor.Good(model, 2);
        await fixture.UntilAsync(model, rollout => rollout.GetProperty("reason").GetString() == "hold: 0 of 0 replicas are ready with the candidate");
        await using var again = await fixture.ReplicaAsync(model, 1, 2);
        var after = await fixture.UntilStateAsync(model, "promoted");

        Assert.Equal(50, before.GetProperty("weight").GetDouble());
        Assert.Equal([50, 100, 100], Weights(after));
        Assert.Equal(before.GetProperty("steps")[0].GetRawText(), after.GetProperty("steps")[0].GetRawText());
    }

    [Fact]
    public async Task Two_gateways_lead_one_rollout_and_every_step_is_made_once()
    {
        await using var other = await fixture.StartGatewayAsync();
        var model = await fixture.DeployAsync(policy: FiveSteps);
        await using var here = await fixture.ReplicaAsync(model, 1, 2);
        await using var there = await PeerReplica.ConnectAsync(other, "there", (model, 1), (model, 2));
        await there.DesiredAsync(state => state.Versions.Any(version => version.Model == model));

        await fixture.StartAsync(model, 2);
        var ended = await fixture.UntilStateAsync(model, "promoted");

        Assert.Equal([1, 2, 3, 4, 100, 100], Weights(ended));
        Assert.Single(await fixture.EventsAsync(model), sent => sent.Type.Contains("RolloutFinished", StringComparison.Ordinal));
        await fixture.UntilStateAsync(model, "promoted", other);
    }

    [Fact]
    public async Task Rollouts_of_another_environment_are_left_to_its_gateway()
    {
        var model = await fixture.DeployAsync();
        await using var replica = await fixture.ReplicaAsync(model, 1, 2);
        using var staged = await fixture.Gateway.Rest.PutAsync(
            $"/api/v1/models/{model}/deployment?environment=staging", new StringContent("""{"version":1}""", null, "application/json"));
        using var started = await fixture.Gateway.Rest.PostAsync(
            $"/api/v1/models/{model}/rollouts?environment=staging", new StringContent("""{"version":2}""", null, "application/json"));
        staged.EnsureSuccessStatusCode();
        started.EnsureSuccessStatusCode();

        await fixture.StartAsync(model, 2);
        await fixture.UntilStateAsync(model, "promoted");

        using var staging = await fixture.Gateway.Rest.GetAsync($"/api/v1/models/{model}/rollouts?environment=staging");
        var rollout = JsonDocument.Parse(await staging.Content.ReadAsStringAsync()).RootElement.GetProperty("rollouts")[0];
        Assert.Equal(("loading", "started"), (rollout.GetProperty("state").GetString(), rollout.GetProperty("reason").GetString()));
    }

    private static IEnumerable<double> Weights(JsonElement rollout) => rollout.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("weight").GetDouble());
}

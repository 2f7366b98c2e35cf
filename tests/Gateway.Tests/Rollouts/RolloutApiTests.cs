using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Grpc.Core;
using ModelOps.Gateway.Tests.Support;
using ModelOps.Testing;
using Wire = ModelOps.Contracts.Gateway.V1;

namespace ModelOps.Gateway.Tests.Rollouts;

[Collection(PostgresCollection.Name)]
public sealed class RolloutApiTests(RolloutFixture fixture) : IClassFixture<RolloutFixture>
{
    private static readonly object Slow = new { steps = new[] { 100 }, step_seconds = 3_600 };

    private readonly RunningGateway _gateway = fixture.Gateway;
    private readonly Wire.Rollouts.RolloutsClient _rollouts = new(fixture.Gateway.Channel);

    [Fact]
    public async Task A_policy_that_nobody_set_is_the_contracts_and_one_that_is_set_keeps_the_rest_of_it()
    {
        const string Path = "/api/v1/models/fraud/rollout-policy";
        var before = await _gateway.Rest.GetFromJsonAsync<JsonElement>(Path);

        using var answer = await _gateway.Rest.PutAsJsonAsync(Path, new { automatic = true, steps = new[] { 0.5, 100 }, minimum_labels = 7 });
        var set = await answer.Content.ReadAsStringAsync();
        var grpc = await _rollouts.GetRolloutPolicyAsync(new() { Model = "fraud" }, RunningGateway.KeyHeaders());

        Assert.Equal("""[10,25,50,75,100]""", before.GetProperty("steps").GetRawText());
        Assert.Equal((false, 300, 1_000), (before.GetProperty("automatic").GetBoolean(), before.GetProperty("step_seconds").GetDouble(), before.GetProperty("minimum_predictions").GetInt64()));
        Assert.Equal(set, await _gateway.Rest.GetStringAsync(Path));
        Assert.Equal((true, "0.5 100", 7, 300, 86_400), (grpc.Automatic, string.Join(' ', grpc.Steps), grpc.MinimumLabels, grpc.StepSeconds, grpc.TimeoutSeconds));
        Assert.Equal(grpc, await _rollouts.SetRolloutPolicyAsync(new() { Policy = grpc }, RunningGateway.KeyHeaders()));
    }

    [Theory]
    [InlineData("""{"steps":[50,25,100]}""", "steps"), InlineData("""{"maximum_error_rate":2}""", "maximum_error_rate")]
    [InlineData("""{"step_seconds":"long"}""", "step_seconds"), InlineData("null", "body"), InlineData("""{"step_second":5}""", null)]
    public async Task A_policy_that_breaks_a_rule_is_refused_with_the_field(string body, string? field)
    {
        using var answer = await _gateway.Rest.PutAsync("/api/v1/models/churn/rollout-policy", new StringContent(body, Encoding.UTF8, "application/json"));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(field is null || problem.GetProperty("field").GetString() == field, problem.GetRawText());
        Assert.Equal(RolloutPolicyDefaults, (await _gateway.Rest.GetFromJsonAsync<JsonElement>("/api/v1/models/churn/rollout-policy")).GetProperty("steps").GetRawText());
    }

    [Fact]
    public async Task Grpc_and_rest_give_the_same_rollouts_newest_first_in_pages()
    {
        var model = await fixture.DeployAsync(policy: Slow);
        var ids = new List<string>();
        for (var version = 2; version <= 3; version++)
        {
            var started = await _rollouts.StartRolloutAsync(new() { Model = model, Version = version }, RunningGateway.KeyHeaders());
            var aborted = await _rollouts.AbortRolloutAsync(new() { RolloutId = started.RolloutId }, RunningGateway.KeyHeaders());
            Assert.Equal((Wire.RolloutState.Loading, Wire.RolloutState.Aborted), (started.State, aborted.State));
            Assert.Equal(aborted, await _rollouts.GetRolloutAsync(new() { RolloutId = started.RolloutId }, RunningGateway.KeyHeaders()));
            ids.Insert(0, started.RolloutId);
        }

        var first = await _rollouts.ListRolloutsAsync(new() { Model = model, PageSize = 1 }, RunningGateway.KeyHeaders());
        var second = await _gateway.Rest.GetFromJsonAsync<JsonElement>($"/api/v1/models/{model}/rollouts?page_size=1&page_token={first.NextPageToken}");

        Assert.Equal(ids, [first.Rollouts.Single().RolloutId, second.GetProperty("rollouts")[0].GetProperty("rollout_id").GetString()!]);
        Assert.Equal("", second.GetProperty("next_page_token").GetString());
    }

    [Fact]
    public async Task Grpc_errors_have_the_status_that_belongs_to_them()
    {
        var model = await fixture.DeployAsync(policy: Slow);
        var headers = RunningGateway.KeyHeaders();

        Assert.Equal(StatusCode.NotFound, await StatusOf(_rollouts.GetRolloutAsync(new() { RolloutId = "no-id" }, headers)));
        Assert.Equal(StatusCode.NotFound, await StatusOf(_rollouts.AbortRolloutAsync(new() { RolloutId = Guid.Empty.ToString() }, headers)));
        Assert.Equal(StatusCode.FailedPrecondition, await StatusOf(_rollouts.StartRolloutAsync(new() { Model = model, Version = 1 }, headers)));
        Assert.Equal(StatusCode.InvalidArgument, await StatusOf(_rollouts.ListRolloutsAsync(new() { Model = model, PageToken = "?" }, headers)));
        Assert.Equal(StatusCode.InvalidArgument, await StatusOf(_rollouts.SetRolloutPolicyAsync(new(), headers)));
        Assert.Equal(StatusCode.Unauthenticated, await StatusOf(_rollouts.GetRolloutPolicyAsync(new() { Model = model })));
    }

    [Fact]
    public async Task The_weight_shows_in_the_metrics_while_the_rollout_lasts()
    {
        var model = await fixture.DeployAsync(policy: Slow);
        await using var replica = await fixture.ReplicaAsync(model, 1, 2);
        await fixture.StartAsync(model, 2);
        await fixture.UntilStateAsync(model, "progressing");

        await UntilMetricAsync($$"""modelops_gateway_rollouts_weight\w*\{[^}]*model="{{model}}"[^}]*\} 1""", shows: true);
        fixture.Monitor.Put(model, 2, arm => arm.Errors = 1_000);
        await fixture.UntilStateAsync(model, "rolled_back");

        await UntilMetricAsync($$"""modelops_gateway_rollouts_weight\w*\{[^}]*model="{{model}}"[^}]*\} 1""", shows: false);
        await UntilMetricAsync($$"""modelops_gateway_rollouts_finished\w*\{[^}]*model="{{model}}"[^}]*outcome="rolled_back"[^}]*\} 1""", shows: true);
    }

    // The gateway takes its own change over a moment after it is stored.
    private Task UntilMetricAsync(string pattern, bool shows) => Poll.UntilAsync(
        $"a metric like {pattern}", async ct => Regex.IsMatch(await _gateway.CreateRest(null).GetStringAsync("/metrics", ct), pattern) == shows);

    private const string RolloutPolicyDefaults = "[10,25,50,75,100]";

    private static async Task<StatusCode> StatusOf<T>(AsyncUnaryCall<T> call) => (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode;
}

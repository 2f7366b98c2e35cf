using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Registry.Tests.Support;

namespace ModelOps.Registry.Tests.Governance;

[Collection(RegistryFixture.Name)]
public sealed class GovernanceTests(RegistryFixture fixture)
{
    private readonly RegistryHost _host = fixture.Host;

    [Fact]
    public async Task A_model_without_a_policy_has_the_default()
    {
        var policy = await _host.Client.GetGovernancePolicyAsync(new() { Model = "unruled" }, RegistryHost.Headers(), Uploads.Deadline);

        Assert.Equal(
            new GovernancePolicy
            {
                Workspace = "default",
                Model = "unruled",
                MetricFloors = { ["accuracy"] = 0.8, ["precision"] = 0.8, ["recall"] = 0.8, ["f1"] = 0.8 },
            },
            policy);
    }

    [Fact]
    public async Task The_policy_of_a_model_judges_the_versions_that_come_after_it_and_not_those_before()
    {
        var before = await _host.RegisterAsync("ruled", TestModels.Make(1));
        var policy = new GovernancePolicy
        {
            Workspace = "default",
            Model = "ruled",
            MetricFloors = { ["roc_auc"] = 0.7 },
            MetricCeilings = { ["log_loss"] = 0.5 },
            RequireReferenceProfile = true,
        };

        var set = await _host.Client.SetGovernancePolicyAsync(new() { Policy = policy }, RegistryHost.Headers(), Uploads.Deadline);
        var failing = await _host.RegisterAsync(new RegisterModelVersionHeader { Model = "ruled", Metrics = { ["roc_auc"] = 0.69, ["log_loss"] = 0.6 } }, TestModels.Make(2));
        var passing = await _host.RegisterAsync(
            new RegisterModelVersionHeader { Model = "ruled", Metrics = { ["roc_auc"] = 0.7, ["log_loss"] = 0.5 }, ReferenceProfile = Profiles.Make() }, TestModels.Make(3));
        var then = await _host.Client.GetModelVersionAsync(new() { Model = "ruled", Version = 1 }, RegistryHost.Headers(), Uploads.Deadline);

        Assert.Equal(policy, set);
        Assert.Equal(
            ["metrics.roc_auc False is 0.69, must be at least 0.7", "metrics.log_loss False is 0.6, must be at most 0.5", "reference_profile False is missing"],
            failing.Governance.Gates.Select(gate => $"{gate.Gate} {gate.Passed} {gate.Detail}"));
        Assert.Equal((Stage.Experimental, Stage.Staging), (failing.Stage, passing.Stage));
        Assert.Equal(before.Governance, then.Governance);
    }

    [Theory]
    [InlineData("""{"metric_floors":{"a":1e999}}""", "metric_floors.a")]
    [InlineData("""{"metric_floors":{"":1}}""", "metric_floors")]
    [InlineData("""{"metric_floors":{"a":0.9},"metric_ceilings":{"a":0.8}}""", "metric_ceilings.a")]
    [InlineData("""{"floors":{}}""", "floors")]
    [InlineData("null", "body")]
    public async Task A_policy_that_cannot_be_is_refused_by_field(string body, string field)
    {
        using var http = _host.CreateHttp();

        using var answer = await http.PutAsync("/api/v1/models/badly-ruled/policy", new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString());
    }

    [Fact]
    public async Task Over_REST_a_policy_is_put_and_got()
    {
        using var http = _host.CreateHttp();

        using var put = await http.PutAsync("/api/v1/models/rest-ruled/policy", new StringContent("""{"metric_floors":{"roc_auc":0.7}}"""));
        var got = await http.GetStringAsync("/api/v1/models/rest-ruled/policy");

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal(
            """{"workspace":"default","model":"rest-ruled","metric_floors":{"roc_auc":0.7},"metric_ceilings":{},"require_reference_profile":false}""", got);
    }

    [Fact]
    public async Task A_policy_has_at_most_100_floors()
    {
        var policy = new GovernancePolicy { Model = "over" };
        policy.MetricFloors.Add(Enumerable.Range(0, 101).ToDictionary(i => $"m{i}", _ => 0.5));

        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await _host.Client.SetGovernancePolicyAsync(new() { Policy = policy }, RegistryHost.Headers(), Uploads.Deadline));

        Assert.Equal((StatusCode.InvalidArgument, "metric_floors: may have at most 100 entries, it has 101"), (refused.StatusCode, refused.Status.Detail));
    }
}

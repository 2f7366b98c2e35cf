using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Gateway.Tests.Support;

namespace ModelOps.Gateway.Tests.Rollouts;

[Collection(PostgresCollection.Name)]
public sealed class RolloutTests(RolloutFixture fixture) : IClassFixture<RolloutFixture>
{
    private static readonly object Slow = new { steps = new[] { 50, 100 }, step_seconds = 3_600 };

    private readonly RunningGateway _gateway = fixture.Gateway;

    [Fact]
    public async Task A_good_candidate_goes_all_the_way_once_every_replica_is_ready()
    {
        var model = await fixture.DeployAsync();
        await using var replica = await fixture.ReplicaAsync(model, 1);

        var started = await fixture.StartAsync(model, 2);
        var told = await replica.DesiredAsync(state => state.Versions.Any(v => v.Model == model && v.Version == 2));
        var loading = await fixture.UntilAsync(model, rollout => Text(rollout, "reason") == "hold: 0 of 1 replicas are ready with the candidate");
        await replica.ReportAsync(LoadState.Ready, (model, 1), (model, 2));
        var promoted = await fixture.UntilStateAsync(model, "promoted");
        var deployment = await fixture.DeploymentAsync(model);

        Assert.Equal(("loading", 0, 1, 2), (Text(started, "state"), Number(started, "weight"), Number(started, "baseline_version"), Number(started, "candidate_version")));
        Assert.Equal([(1L, true), (2L, false)], told.Versions.Where(v => v.Model == model).Select(v => (v.Version, v.Primary)));
        Assert.Equal(("loading", 0), (Text(loading, "state"), loading.GetProperty("steps").GetArrayLength()));
        Assert.Equal([50, 100, 100], promoted.GetProperty("steps").EnumerateArray().Select(step => Number(step, "weight")));
        Assert.Equal(JsonValueKind.Null, promoted.GetProperty("breach_time").ValueKind);
        Assert.Equal(2_000, promoted.GetProperty("steps")[1].GetProperty("candidate").GetProperty("predictions").GetInt64());
        Assert.Equal((2, 0, 0), (Number(deployment, "version"), Number(deployment, "candidate_version"), Number(deployment, "candidate_weight")));
    }

    [Fact]
    public async Task Every_step_tells_of_the_deployment_and_the_end_of_the_rollout()
    {
        var model = await fixture.DeployAsync();
        await using var replica = await fixture.ReplicaAsync(model, 1, 2);

        var id = Text(await fixture.StartAsync(model, 2), "rollout_id");
        await fixture.UntilStateAsync(model, "promoted");
        var events = await fixture.EventsAsync(model);

        Assert.Equal(6, events.Count); // deployed, started, 50 %, 100 %, promoted; finished
        Assert.All(events.SkipLast(1), sent => Assert.Contains("DeploymentChanged", sent.Type, StringComparison.Ordinal));
        Assert.Contains("RolloutFinished", events[^1].Type, StringComparison.Ordinal);
        Assert.Contains(id, events[^1].Body, StringComparison.Ordinal);
        Assert.Contains("promoted", events[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_breach_takes_all_traffic_back_and_says_when_it_was_seen()
    {
        var model = await fixture.DeployAsync(policy: Slow);
        await using var replica = await fixture.ReplicaAsync(model, 1, 2);
        await fixture.StartAsync(model, 2);
        await fixture.UntilAsync(model, rollout => Number(rollout, "weight") == 50);

        fixture.Monitor.Put(model, 2, arm => arm.LogLossMean = 3);
        var ended = await fixture.UntilStateAsync(model, "rolled_back");
        var deployment = await fixture.DeploymentAsync(model);
        var versions = await PredictAsync(model, replica, 40);

        Assert.StartsWith("rolled back: log loss of the candidate is worse by 2.8", Text(ended, "reason"), StringComparison.Ordinal);
        Assert.Equal([50, 0], ended.GetProperty("steps").EnumerateArray().Select(step => Number(step, "weight")));
        Assert.True(ended.GetProperty("breach_time").GetDateTimeOffset() <= ended.GetProperty("end_time").GetDateTimeOffset());
        Assert.Equal((1, 0), (Number(deployment, "version"), Number(deployment, "candidate_version")));
        Assert.All(versions, version => Assert.Equal("1", version.Value));
        Assert.Contains("rolled_back", (await fixture.EventsAsync(model))[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Traffic_follows_the_weight_and_a_key_stays_where_it_is()
    {
        var model = await fixture.DeployAsync(policy: Slow);
        await using var replica = await fixture.ReplicaAsync(model, 1, 2);
        await fixture.StartAsync(model, 2);
        await fixture.UntilAsync(model, rollout => Number(rollout, "weight") == 50);

        var first = await PredictAsync(model, replica, 100);
        var second = await PredictAsync(model, replica, 100);

        Assert.InRange(first.Count(version => version.Value == "2"), 25, 75); // five standard deviations
        Assert.Equal(first.OrderBy(version => version.Key), second.OrderBy(version => version.Key));
        Assert.All(replica.Seen.Requests, request => Assert.False(request.Headers.ContainsKey("x-modelops-routing-key")));
        using var bad = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/models/{model}/predict") { Headers = { { "x-modelops-routing-key", "a b" } } };
        Assert.Equal(HttpStatusCode.BadRequest, (await _gateway.Rest.SendAsync(bad)).StatusCode);
    }

    [Fact]
    public async Task Without_monitor_a_rollout_holds_and_goes_on_when_it_is_back()
    {
        var model = await fixture.DeployAsync();
        await using var replica = await fixture.ReplicaAsync(model, 1, 2);
        fixture.Monitor.Away = true;

        await fixture.StartAsync(model, 2);
        var held = await fixture.UntilAsync(model, rollout => Text(rollout, "reason") == "hold: Monitor does not answer: Internal");
        fixture.Monitor.Away = false;

        Assert.Equal(50, Number(held, "weight"));
        await fixture.UntilStateAsync(model, "promoted");
        var asked = fixture.Monitor.Requests.Where(request => request.Model == model).ToArray();
        Assert.All(asked, request => Assert.Equal("default production 1 2", $"{request.Workspace} {request.Environment} {string.Join(' ', request.Versions)}"));
        Assert.Equal(2, asked.DistinctBy(request => request.Since).Count()); // since the step began, for each of two
    }

    [Fact]
    public async Task A_candidate_that_no_replica_can_load_is_rolled_back()
    {
        var model = await fixture.DeployAsync();
        await using var replica = await fixture.ReplicaAsync(model, 1);
        await fixture.StartAsync(model, 2);

        await replica.ReportAsync(LoadState.Failed, (model, 2));
        var ended = await fixture.UntilStateAsync(model, "rolled_back");

        Assert.Contains("broken file", Text(ended, "reason"), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, ended.GetProperty("breach_time").ValueKind);
    }

    [Fact]
    public async Task During_a_rollout_the_deployment_is_the_rollouts_and_nobody_elses()
    {
        var model = await fixture.DeployAsync(policy: Slow);
        var id = Text(await fixture.StartAsync(model, 2), "rollout_id");

        var set = await fixture.RefusedAsync(HttpMethod.Put, $"/api/v1/models/{model}/deployment", new { version = 3 });
        var deleted = await fixture.RefusedAsync(HttpMethod.Delete, $"/api/v1/models/{model}/deployment");
        var another = await fixture.RefusedAsync(HttpMethod.Post, $"/api/v1/models/{model}/rollouts", new { version = 3 });

        Assert.All([set, deleted, another], refused =>
        {
            Assert.Equal(HttpStatusCode.Conflict, refused.Status);
            Assert.Contains(id, refused.Detail, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Of_many_rollouts_started_at_once_one_begins()
    {
        var model = await fixture.DeployAsync(policy: Slow);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            _gateway.Rest.PostAsJsonAsync($"/api/v1/models/{model}/rollouts", new { version = 2 + (i % 2) })));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task What_may_not_be_rolled_out_is_refused_with_the_reason()
    {
        var model = await fixture.DeployAsync(policy: Slow);
        fixture.Registry.Refuse(model, 3, "version 3 is in stage experimental");
        fixture.Registry.Add("idle", 2);
        var path = $"/api/v1/models/{model}/rollouts";

        Assert.Equal((HttpStatusCode.Conflict, "version 3 is in stage experimental"), await fixture.RefusedAsync(HttpMethod.Post, path, new { version = 3 }));
        Assert.Equal(HttpStatusCode.Conflict, (await fixture.RefusedAsync(HttpMethod.Post, path, new { version = 1 })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.RefusedAsync(HttpMethod.Post, path, new { version = 9 })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.RefusedAsync(HttpMethod.Post, path, new { version = 0 })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.RefusedAsync(HttpMethod.Post, "/api/v1/models/idle/rollouts", new { version = 1 })).Status);
        Assert.Equal(0, (await _gateway.Rest.GetFromJsonAsync<JsonElement>(path)).GetProperty("rollouts").GetArrayLength());
    }

    [Fact]
    public async Task A_caller_ends_a_rollout_once()
    {
        var model = await fixture.DeployAsync(policy: Slow);
        var path = $"/api/v1/models/{model}/rollouts/{Text(await fixture.StartAsync(model, 2), "rollout_id")}";

        using var answer = await _gateway.Rest.PostAsJsonAsync($"{path}/abort", new { reason = "freeze" });
        var aborted = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var again = await fixture.RefusedAsync(HttpMethod.Post, $"{path}/abort", new { reason = "freeze" });
        var elsewhere = await fixture.RefusedAsync(HttpMethod.Get, path.Replace(model, "other", StringComparison.Ordinal));

        Assert.Equal(("aborted", "aborted by bootstrap-admin: freeze", 0), (Text(aborted, "state"), Text(aborted, "reason"), Number(aborted, "weight")));
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.NotFound), (again.Status, elsewhere.Status));
        Assert.Equal(0, Number(await fixture.DeploymentAsync(model), "candidate_version"));
        Assert.Equal((HttpStatusCode.BadRequest, "reason: must be one line of at most 1024 characters"), await fixture.RefusedAsync(HttpMethod.Post, $"{path}/abort", new { reason = new string('x', 1_025) }));
    }

    private async Task<Dictionary<string, string>> PredictAsync(string model, PeerReplica replica, int keys)
    {
        var versions = new Dictionary<string, string>();
        for (var i = 0; i < keys; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/models/{model}/predict") { Content = new StringContent("{}"), Headers = { { "x-modelops-routing-key", $"user-{i}" } } };
            using var answer = await _gateway.Rest.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            versions[$"user-{i}"] = answer.Headers.GetValues("x-modelops-model-version").Single();
            Assert.Equal(versions[$"user-{i}"], replica.Seen.Requests.Last().Headers["x-modelops-model-version"]);
        }
        return versions;
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static double Number(JsonElement json, string name) => json.GetProperty(name).GetDouble();
}

using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Gateway.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Gateway.Tests.Deployments;

[Collection(PostgresCollection.Name)]
public sealed class DeploymentApiTests(DeploymentApiTests.Fixture fixture) : IClassFixture<DeploymentApiTests.Fixture>, IAsyncLifetime
{
    private readonly PeerRegistry _registry = fixture.Registry;
    private readonly RunningGateway _gateway = fixture.Gateway;

    public Task InitializeAsync()
    {
        _registry.Add("fraud", 3);
        return fixture.ResetAsync();
    }

    public Task DisposeAsync()
    {
        _gateway.AssertNoErrors();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_deployment_takes_its_digest_from_the_registry_and_shows_what_replicas_report()
    {
        await using var a = await PeerReplica.ConnectAsync(_gateway, "a");
        await using var b = await PeerReplica.ConnectAsync(_gateway, "b");

        var set = await SetAsync("fraud", 2);
        await a.ReportAsync(LoadState.Ready, ("fraud", 2));
        await b.ReportAsync(LoadState.Failed, ("fraud", 2));
        await UntilAsync("fraud", deployment => deployment.GetProperty("replicas").EnumerateArray().All(r => r.GetProperty("state").GetString() != "unspecified"));
        var seen = await GetAsync("fraud");
        await b.ReportAsync(LoadState.Ready, ("fraud", 2));
        await UntilAsync("fraud", deployment => deployment.GetProperty("ready").GetBoolean());

        Assert.Equal(PeerRegistry.ShaOf("fraud", 2), set.GetProperty("sha256").GetString());
        Assert.Equal(("default", "production"), (set.GetProperty("workspace").GetString(), set.GetProperty("environment").GetString()));
        Assert.False(seen.GetProperty("ready").GetBoolean());
        Assert.Equal(["a ready ", "b failed broken file"], seen.GetProperty("replicas").EnumerateArray()
            .Select(r => $"{r.GetProperty("instance_id")} {r.GetProperty("state")} {r.GetProperty("reason")}"));
    }

    [Fact]
    public async Task Replicas_are_told_of_every_change_with_a_growing_revision()
    {
        await using var replica = await PeerReplica.ConnectAsync(_gateway, "a");
        var empty = await replica.DesiredAsync(_ => true);

        await SetAsync("fraud", 1);
        var one = await replica.DesiredAsync(state => state.Versions.Count == 1);
        using var deleted = await _gateway.Rest.DeleteAsync("/api/v1/models/fraud/deployment");
        var none = await replica.DesiredAsync(state => state.Versions.Count == 0);

        Assert.Empty(empty.Versions);
        Assert.Equal(new DesiredVersion { Workspace = "default", Model = "fraud", Version = 1, Sha256 = PeerRegistry.ShaOf("fraud", 1), Primary = true }, one.Versions[0]);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.True(empty.Revision < one.Revision && one.Revision < none.Revision);
    }

    [Fact]
    public async Task The_version_before_is_held_until_every_replica_is_ready_with_the_new_one()
    {
        await using var replica = await PeerReplica.ConnectAsync(_gateway, "a", ("fraud", 1));
        await SetAsync("fraud", 1);
        await SetAsync("fraud", 2);

        var both = await replica.DesiredAsync(state => state.Versions.Count == 2);
        await replica.ReportAsync(LoadState.Ready, ("fraud", 1), ("fraud", 2));
        var one = await replica.DesiredAsync(state => state.Versions.Count == 1 && state.Revision > both.Revision);

        Assert.Equal([(2L, true), (1L, false)], both.Versions.Select(v => (v.Version, v.Primary)));
        Assert.Equal(2, one.Versions[0].Version);
    }

    [Fact]
    public async Task Setting_the_version_that_is_set_changes_nothing()
    {
        await using var replica = await PeerReplica.ConnectAsync(_gateway, "a");
        var first = await SetAsync("fraud", 1);
        var told = await replica.DesiredAsync(state => state.Versions.Count == 1);

        var again = await SetAsync("fraud", 1);
        await SetAsync("fraud", 3);
        var next = await replica.DesiredAsync(state => state.Versions.Count == 2);

        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Equal(told.Revision + 1, next.Revision);
    }

    [Fact]
    public async Task Pinned_versions_are_held_through_deployments_until_others_are_pinned()
    {
        await using var replica = await PeerReplica.ConnectAsync(_gateway, "a");
        var pinned = await SetAsync("fraud", 3, 1, 2);
        var all = await replica.DesiredAsync(state => state.Versions.Count == 3);
        var again = await SetAsync("fraud", 3, 1, 2);
        await SetAsync("fraud", 2);
        var other = await GetAsync("fraud");
        var one = await SetAsync("fraud", 2, 1);
        var none = await SetAsync("fraud", 2, []);
        var client = new Contracts.Gateway.V1.Deployments.DeploymentsClient(_gateway.Channel);
        var overGrpc = await client.SetDeploymentAsync(new() { Model = "fraud", Version = 2, PinnedVersions = new() { Versions = { 3 } } }, RunningGateway.KeyHeaders());

        Assert.Equal([3L], overGrpc.PinnedVersions);
        Assert.Equal(
            [(3L, true), (1L, false), (2L, false)], all.Versions.Select(version => (version.Version, version.Primary)));
        Assert.Equal(PeerRegistry.ShaOf("fraud", 1), all.Versions[1].Sha256);
        Assert.Equal(pinned.GetRawText(), again.GetRawText());
        Assert.Equal(["[1,2]", "[1,2]", "[1]", "[]"], new[] { pinned, other, one, none }.Select(deployment => deployment.GetProperty("pinned_versions").GetRawText()));
        Assert.Equal([3, 2, 2, 2], new[] { pinned, other, one, none }.Select(deployment => deployment.GetProperty("version").GetInt32()));
    }

    [Fact]
    public async Task Another_gateway_on_the_same_database_follows()
    {
        await using var other = await RunningGateway.StartAsync(fixture.Database, _registry);
        await using var replica = await PeerReplica.ConnectAsync(other, "a");
        await replica.DesiredAsync(_ => true);

        await SetAsync("fraud", 1);
        var told = await replica.DesiredAsync(state => state.Versions.Count == 1);

        Assert.Equal(("fraud", 1), (told.Versions[0].Model, told.Versions[0].Version));
    }

    [Fact]
    public async Task Grpc_and_rest_give_the_same_deployments_in_pages()
    {
        _registry.Add("churn", 1);
        _registry.Add("spam", 1);
        var client = new Contracts.Gateway.V1.Deployments.DeploymentsClient(_gateway.Channel);
        foreach (var model in new[] { "spam", "churn", "fraud" })
        {
            await client.SetDeploymentAsync(new() { Model = model, Version = 1 }, RunningGateway.KeyHeaders());
        }

        var first = await client.ListDeploymentsAsync(new() { PageSize = 2 }, RunningGateway.KeyHeaders());
        var second = await client.ListDeploymentsAsync(new() { PageSize = 2, PageToken = first.NextPageToken }, RunningGateway.KeyHeaders());
        var rest = await _gateway.Rest.GetFromJsonAsync<JsonElement>($"/api/v1/deployments?page_size=2&page_token={first.NextPageToken}");

        Assert.Equal(["churn", "fraud"], first.Deployments.Select(d => d.Model));
        Assert.Equal(["spam"], second.Deployments.Select(d => d.Model));
        Assert.Equal("", second.NextPageToken);
        Assert.Equal("spam", rest.GetProperty("deployments")[0].GetProperty("model").GetString());
        Assert.Equal(1, (await client.GetDeploymentAsync(new() { Model = "spam" }, RunningGateway.KeyHeaders())).Version);
    }

    [Theory]
    [InlineData("/api/v1/models/fraud/deployment", """{"version":9}""", 404, null)]
    [InlineData("/api/v1/models/nobody/deployment", """{"version":1}""", 404, null)]
    [InlineData("/api/v1/models/fraud/deployment", """{"version":0}""", 400, "version")]
    [InlineData("/api/v1/models/fraud/deployment", """{"version":"one"}""", 400, "version")]
    [InlineData("/api/v1/models/fraud/deployment", "{}", 400, "version")]
    [InlineData("/api/v1/models/fraud/deployment", "{", 400, "body")]
    [InlineData("/api/v1/models/fraud/deployment", "null", 400, "body")]
    [InlineData("/api/v1/models/fraud/deployment", """{"version":1,"pinned_versions":[9]}""", 404, null)]
    [InlineData("/api/v1/models/fraud/deployment", """{"version":1,"pinned_versions":[0]}""", 400, "pinned_versions")]
    [InlineData("/api/v1/models/fraud/deployment", """{"version":1,"pinned_versions":[2,2]}""", 400, "pinned_versions")]
    [InlineData("/api/v1/models/fraud/deployment", """{"version":1,"pinned_versions":[1,2,3,4,5,6,7,8,9]}""", 400, "pinned_versions")]
    [InlineData("/api/v1/models/fraud/deployment", """{"version":1,"pinned_versions":2}""", 400, "pinned_versions")]
    [InlineData("/api/v1/models/Fraud/deployment", """{"version":1}""", 400, "model")]
    [InlineData("/api/v1/models/fraud/deployment?environment=moon", """{"version":1}""", 400, "environment")]
    public async Task A_wish_that_cannot_be_granted_names_the_field(string path, string body, int status, string? field)
    {
        using var answer = await _gateway.Rest.PutAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(field, problem.TryGetProperty("field", out var named) ? named.GetString() : null);
        using var unknown = await _gateway.Rest.GetAsync("/api/v1/models/fraud/deployment");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_registry_that_is_away_is_unavailable_and_not_a_missing_version()
    {
        await using var away = await PeerRegistry.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(fixture.Database, away);
        await away.DisposeAsync();

        using var answer = await gateway.Rest.PutAsJsonAsync("/api/v1/models/fraud/deployment", new { version = 1 });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("Registry", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_environments_are_kept_apart_and_not_served_here()
    {
        await using var replica = await PeerReplica.ConnectAsync(_gateway, "a", ("fraud", 2));
        await SetAsync("fraud", 1);
        using var staged = await _gateway.Rest.PutAsJsonAsync("/api/v1/models/fraud/deployment?environment=staging", new { version = 2 });

        var told = await replica.DesiredAsync(state => state.Versions.Count > 0);
        var staging = await staged.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(1, Assert.Single(told.Versions).Version);
        Assert.Equal(("staging", 2, 0), (staging.GetProperty("environment").GetString(), staging.GetProperty("version").GetInt32(), staging.GetProperty("replicas").GetArrayLength()));
        Assert.Equal(1, (await GetAsync("fraud")).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Grpc_errors_have_the_status_that_belongs_to_them()
    {
        var client = new Contracts.Gateway.V1.Deployments.DeploymentsClient(_gateway.Channel);

        var missing = await Assert.ThrowsAsync<RpcException>(async () => await client.GetDeploymentAsync(new() { Model = "fraud" }, RunningGateway.KeyHeaders()));
        var invalid = await Assert.ThrowsAsync<RpcException>(async () => await client.SetDeploymentAsync(new() { Model = "fraud" }, RunningGateway.KeyHeaders()));
        var page = await Assert.ThrowsAsync<RpcException>(async () => await client.ListDeploymentsAsync(new() { PageToken = "?" }, RunningGateway.KeyHeaders()));

        Assert.Equal([StatusCode.NotFound, StatusCode.InvalidArgument, StatusCode.InvalidArgument], new[] { missing, invalid, page }.Select(e => e.StatusCode));
        Assert.StartsWith("page_token", page.Status.Detail, StringComparison.Ordinal);
    }

    public sealed class Fixture(PostgresFixture postgres) : GatewayFixture(postgres);

    private Task<JsonElement> SetAsync(string model, long version) => SetAsync(model, new { version });

    private Task<JsonElement> SetAsync(string model, long version, params long[] pinned_versions) => SetAsync(model, new { version, pinned_versions });

    private async Task<JsonElement> SetAsync(string model, object wish)
    {
        using var answer = await _gateway.Rest.PutAsJsonAsync($"/api/v1/models/{model}/deployment", wish);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task<JsonElement> GetAsync(string model) => _gateway.Rest.GetFromJsonAsync<JsonElement>($"/api/v1/models/{model}/deployment");

    private Task UntilAsync(string model, Func<JsonElement, bool> holds) =>
        Poll.UntilAsync($"the deployment of {model}", async _ => holds(await GetAsync(model)), TimeSpan.FromSeconds(10));
}

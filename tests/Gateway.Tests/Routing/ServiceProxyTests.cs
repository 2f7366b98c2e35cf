using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelOps.Gateway.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Gateway.Tests.Routing;

[Collection(PostgresCollection.Name)]
public sealed class ServiceProxyTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly string[] ReadOnly = ["read"];

    private const int MaxRequest = 1 << 20;
    private const int MaxUpload = 4 << 20;

    private PeerRegistry _registry = null!;
    private PeerService _features = null!;
    private PeerService _monitor = null!;
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _registry = await PeerRegistry.StartAsync();
        _features = await PeerService.StartAsync("features");
        _monitor = await PeerService.StartAsync("monitor");
        _gateway = await RunningGateway.StartAsync(
            await postgres.CreateDatabaseAsync(), _registry,
            ("FeatureStore:HttpAddress", _features.Http), ("Monitor:HttpAddress", _monitor.Http),
            ("Gateway:Routing:MaxRequestBytes", $"{MaxRequest}"), ("Gateway:Routing:MaxUploadBytes", $"{MaxUpload}"));
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _monitor.DisposeAsync();
        await _features.DisposeAsync();
        await _registry.DisposeAsync();
    }

    [Fact]
    public async Task Every_service_answers_under_its_own_path_with_who_is_behind_the_call()
    {
        Assert.Equal("features", await AskAsync(HttpMethod.Get, "/api/v1/features/views/transactions?x=1"));
        Assert.Equal("monitor", await AskAsync(HttpMethod.Post, "/api/v1/monitoring/labels"));

        var credential = $"Bearer {RunningGateway.ServiceKey}";
        Assert.Equal(("GET", "/api/v1/features/views/transactions?x=1", "bootstrap-admin", credential, 0), Assert.Single(_features.Requests));
        Assert.Equal(("POST", "/api/v1/monitoring/labels", "bootstrap-admin", credential, 0), Assert.Single(_monitor.Requests));
    }

    [Theory]
    [InlineData("GET", "/api/v1/features/views/a", HttpStatusCode.OK), InlineData("POST", "/api/v1/features/online", HttpStatusCode.OK)]
    [InlineData("POST", "/api/v1/features/views/a/materialize", HttpStatusCode.Forbidden), InlineData("POST", "/api/v1/monitoring/labels", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/api/v1/dead-letters/monitor", HttpStatusCode.Forbidden), InlineData("POST", "/api/v1/batch-jobs", HttpStatusCode.Forbidden)]
    [InlineData("POST", "/api/v1/models/fraud/versions/1/profile", HttpStatusCode.Forbidden)]
    public async Task A_key_that_may_only_read_reads(string method, string path, HttpStatusCode status)
    {
        using var made = await _gateway.Rest.PostAsJsonAsync("/api/v1/keys", new { name = "reader", scopes = ReadOnly });
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString();

        using var answer = await _gateway.CreateRest(key).SendAsync(new(new(method), path));
        using var nobody = await _gateway.CreateRest(null).SendAsync(new(new(method), path));

        Assert.Equal((status, HttpStatusCode.Unauthorized), (answer.StatusCode, nobody.StatusCode));
    }

    [Fact]
    public async Task Only_what_is_materialized_may_be_larger_than_other_bodies()
    {
        using var upload = await _gateway.Rest.PostAsync("/api/v1/features/views/a/materialize", new ByteArrayContent(new byte[MaxUpload]));
        using var tooLarge = await _gateway.Rest.PostAsync("/api/v1/features/views/a/materialize", new ByteArrayContent(new byte[MaxUpload + 1]));
        using var other = await _gateway.Rest.PostAsync("/api/v1/features/views/a/push", new ByteArrayContent(new byte[MaxRequest + 1]));

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.RequestEntityTooLarge],
            new[] { upload, tooLarge, other }.Select(answer => answer.StatusCode));
        Assert.Equal(MaxUpload, Assert.Single(_features.Requests).Bytes);
    }

    [Fact]
    public async Task A_service_whose_address_is_not_configured_is_unavailable_and_the_setting_is_named()
    {
        using var answer = await _gateway.Rest.GetAsync("/api/v1/pipelines/runs");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("Retrainer:HttpAddress", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dead_letters_are_asked_of_the_service_that_keeps_them()
    {
        Assert.Equal("monitor", await AskAsync(HttpMethod.Get, "/api/v1/dead-letters/monitor?page_size=5"));
        Assert.Equal("features", await AskAsync(HttpMethod.Post, "/api/v1/dead-letters/featurestore/17/replay"));
        Assert.Equal("features", await AskAsync(HttpMethod.Get, "/api/v1/dead-letters/featurestore/17"));
        using var unknown = await _gateway.Rest.GetAsync("/api/v1/dead-letters/moon");
        var own = await _gateway.Rest.GetFromJsonAsync<JsonElement>("/api/v1/dead-letters/gateway");

        Assert.Equal("/dead-letters?page_size=5", Assert.Single(_monitor.Requests).Path);
        Assert.Equal(["/dead-letters/17/replay", "/dead-letters/17"], _features.Requests.Select(request => request.Path));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(0, own.GetProperty("dead_letters").GetArrayLength());
    }

    private async Task<string?> AskAsync(HttpMethod method, string path)
    {
        using var answer = await _gateway.Rest.SendAsync(new(method, path));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("service").GetString();
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Contracts.OpenInference;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Gateway.Tests.Support;
using ModelOps.Testing;
using Npgsql;

namespace ModelOps.Gateway.Tests.ApiKeys;

[Collection(PostgresCollection.Name)]
public sealed class AccessTests(AccessTests.Fixture fixture, PostgresFixture postgres) : IClassFixture<AccessTests.Fixture>, IAsyncLifetime
{
    private readonly PeerRegistry _registry = fixture.Registry;
    private readonly RunningGateway _gateway = fixture.Gateway;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _gateway.AssertNoErrors();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("GET", "/api/v1/models"), InlineData("POST", "/api/v1/models/fraud/versions"), InlineData("GET", "/api/v1/deployments")]
    [InlineData("PUT", "/api/v1/models/fraud/deployment"), InlineData("GET", "/api/v1/keys"), InlineData("POST", "/predict"), InlineData("GET", "/model/info")]
    [InlineData("POST", "/v2/models/fraud/infer"), InlineData("GET", "/v2"), InlineData("GET", "/nothing/here")]
    public async Task Without_a_valid_key_no_address_answers(string method, string path)
    {
        foreach (var key in new[] { null, "", "not-a-key-that-exists", RunningGateway.AdminKey[..^1], new('x', 5_000) })
        {
            using var request = new HttpRequestMessage(new(method), path);
            using var answer = await _gateway.CreateRest(key).SendAsync(request);

            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        }
    }

    [Theory, InlineData("/health"), InlineData("/alive")]
    public async Task Probes_are_open(string path)
    {
        using var answer = await _gateway.CreateRest(null).GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Grpc_calls_without_a_key_are_unauthenticated()
    {
        var deployments = new Contracts.Gateway.V1.Deployments.DeploymentsClient(_gateway.Channel);
        var inference = new GRPCInferenceService.GRPCInferenceServiceClient(_gateway.Channel);
        var registry = new ModelRegistry.ModelRegistryClient(_gateway.Channel);

        var statuses = new[]
        {
            await StatusOfAsync(deployments.ListDeploymentsAsync(new())),
            await StatusOfAsync(inference.ServerLiveAsync(new())),
            await StatusOfAsync(inference.ModelInferAsync(new() { ModelName = "fraud" }, RunningGateway.KeyHeaders("wrong-key-of-some-length"))),
            await StatusOfAsync(registry.ListModelsAsync(new())),
        };

        Assert.All(statuses, status => Assert.Equal(StatusCode.Unauthenticated, status));
    }

    [Fact]
    public async Task A_key_opens_what_its_scope_includes_and_nothing_more()
    {
        var read = (await CreateAsync("reader", "read")).GetProperty("key").GetString()!;
        var write = (await CreateAsync("writer", "write")).GetProperty("key").GetString()!;
        var body = JsonContent.Create(new { version = 1 });

        Assert.Equal(HttpStatusCode.OK, (await _gateway.CreateRest(read).GetAsync("/api/v1/deployments")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _gateway.CreateRest(read).GetAsync("/api/v1/models")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _gateway.CreateRest(read).PutAsync("/api/v1/models/fraud/deployment", body)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _gateway.CreateRest(read).PostAsync("/api/v1/models/fraud/versions", body)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _gateway.CreateRest(read).PostAsync("/v2/repository/models/fraud/unload", body)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _gateway.CreateRest(write).PutAsync("/api/v1/models/fraud/deployment", body)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _gateway.CreateRest(write).GetAsync("/api/v1/keys")).StatusCode);

        var deployments = new Contracts.Gateway.V1.Deployments.DeploymentsClient(_gateway.Channel);
        var registry = new ModelRegistry.ModelRegistryClient(_gateway.Channel);
        Assert.Equal(StatusCode.OK, await StatusOfAsync(deployments.ListDeploymentsAsync(new(), RunningGateway.KeyHeaders(read))));
        Assert.Equal(StatusCode.PermissionDenied, await StatusOfAsync(deployments.SetDeploymentAsync(new(), RunningGateway.KeyHeaders(read))));
        using var upload = registry.RegisterModelVersion(RunningGateway.KeyHeaders(read));
        Assert.Equal(StatusCode.PermissionDenied, await StatusOfAsync(upload.ResponseAsync));
    }

    [Fact]
    public async Task No_api_key_opens_the_stream_of_replicas()
    {
        using var stream = new ServingState.ServingStateClient(_gateway.Channel).WatchDesiredState(RunningGateway.KeyHeaders());

        var refused = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
    }

    [Fact]
    public async Task A_key_is_shown_once_and_stored_as_a_hash()
    {
        var created = await CreateAsync("ci", "write", "read");
        var secret = created.GetProperty("key").GetString()!;

        var listed = await _gateway.Rest.GetStringAsync("/api/v1/keys");
        await using var connection = new NpgsqlConnection(fixture.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT string_agg(api_keys::text, '|') FROM api_keys", connection);
        var stored = (string)(await command.ExecuteScalarAsync())!;

        Assert.Equal(["read", "write"], created.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Contains(created.GetProperty("id").GetString()!, listed, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(RunningGateway.AdminKey, stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_closes_at_once_here_and_within_the_memory_of_another_gateway()
    {
        await using var other = await RunningGateway.StartAsync(fixture.Database, _registry);
        var created = await CreateAsync("leaked", "read");
        var secret = created.GetProperty("key").GetString();
        var (here, there) = (_gateway.CreateRest(secret), other.CreateRest(secret));
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/api/v1/deployments")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/api/v1/deployments")).StatusCode);

        using var revoked = await _gateway.Rest.DeleteAsync($"/api/v1/keys/{created.GetProperty("id").GetString()}");

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await here.GetAsync("/api/v1/deployments")).StatusCode);
        await Poll.UntilAsync(
            "the other gateway closes", async ct => (await there.GetAsync("/api/v1/deployments", ct)).StatusCode == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_time_of_last_use_is_recorded()
    {
        var created = await CreateAsync("used", "read");
        await _gateway.CreateRest(created.GetProperty("key").GetString()).GetAsync("/api/v1/deployments");

        await Poll.UntilAsync("last_used_time", async ct =>
        {
            var keys = await _gateway.Rest.GetFromJsonAsync<JsonElement>("/api/v1/keys", ct);
            return keys.GetProperty("keys").EnumerateArray().Single(key => key.GetProperty("name").GetString() == "used").GetProperty("last_used_time").ValueKind == JsonValueKind.String;
        });
    }

    [Fact]
    public async Task A_new_bootstrap_key_ends_the_one_before_and_the_same_one_changes_nothing()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using (await RunningGateway.StartAsync(database, _registry))
        {
        }
        await using var same = await RunningGateway.StartAsync(database, _registry);
        var keys = await same.Rest.GetFromJsonAsync<JsonElement>("/api/v1/keys");
        await using var changed = await RunningGateway.StartAsync(database, _registry, ("Gateway:BootstrapAdminKey", "another-bootstrap-admin-key"));

        Assert.Single(keys.GetProperty("keys").EnumerateArray());
        Assert.Equal(HttpStatusCode.OK, (await changed.CreateRest("another-bootstrap-admin-key").GetAsync("/api/v1/keys")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await changed.CreateRest(RunningGateway.AdminKey).GetAsync("/api/v1/keys")).StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"a b","scopes":["read"]}""", "name"), InlineData("""{"name":"ci","scopes":["root"]}""", "scopes")]
    [InlineData("""{"name":"ci","scopes":[]}""", "scopes"), InlineData("""{"scopes":["read"]}""", "name")]
    [InlineData("""{"name":"ci","scopes":["read"],"expire_time":"2020-01-01T00:00:00Z"}""", "expire_time"), InlineData("[", "body")]
    public async Task A_key_that_cannot_be_made_names_the_field(string body, string field)
    {
        using var answer = await _gateway.Rest.PostAsync("/api/v1/keys", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString());
    }

    [Fact]
    public async Task Keys_come_in_pages_and_unknown_ones_cannot_be_revoked()
    {
        await CreateAsync("one", "read");
        await CreateAsync("two", "read");
        var all = await _gateway.Rest.GetFromJsonAsync<JsonElement>("/api/v1/keys");
        var names = all.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("name").GetString()!).ToList();

        var paged = new List<string>();
        var token = "";
        do
        {
            var page = await _gateway.Rest.GetFromJsonAsync<JsonElement>($"/api/v1/keys?page_size=2&page_token={token}");
            paged.AddRange(page.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("name").GetString()!));
            token = page.GetProperty("next_page_token").GetString()!;
        }
        while (token.Length > 0);
        using var unknown = await _gateway.Rest.DeleteAsync($"/api/v1/keys/{Guid.NewGuid()}");
        using var nonsense = await _gateway.Rest.DeleteAsync("/api/v1/keys/nonsense");

        Assert.Equal(names, paged);
        Assert.Equal(("bootstrap-admin", ""), (names[0], all.GetProperty("next_page_token").GetString()));
        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound], new[] { unknown.StatusCode, nonsense.StatusCode });
    }

    public sealed class Fixture(PostgresFixture postgres) : GatewayFixture(postgres);

    private async Task<JsonElement> CreateAsync(string name, params string[] scopes)
    {
        using var answer = await _gateway.Rest.PostAsJsonAsync("/api/v1/keys", new { name, scopes });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static Task<StatusCode> StatusOfAsync<T>(AsyncUnaryCall<T> call) => StatusOfAsync(call.ResponseAsync);

    private static async Task<StatusCode> StatusOfAsync(Task call)
    {
        try
        {
            await call;
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }
}

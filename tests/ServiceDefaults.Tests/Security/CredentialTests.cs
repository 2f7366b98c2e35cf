using System.Net;
using System.Security.Claims;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.ServiceDefaults.Security;
using ModelOps.ServiceDefaults.Tests.Hosting;
using ModelOps.ServiceDefaults.Tests.Probe;

namespace ModelOps.ServiceDefaults.Tests.Security;

public sealed class CredentialTests
{
    private static readonly DateTimeOffset Past = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Future = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData(TestHost.ServiceKey + "x")]
    public async Task An_endpoint_that_says_nothing_is_closed(string? bearer)
    {
        await using var host = await TestHost.StartAsync(map: MapWhoAmI);

        var answer = await host.CreateHttp(bearer).GetAsync("/me");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/metrics")]
    public async Task Probes_are_open(string path)
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.CreateHttp(bearer: null).GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("ada", "ada")]
    [InlineData("R%C3%A9my%20%2F%20admin", "Rémy / admin")]
    [InlineData(null, "service")]
    [InlineData("line%0Abreak", "service")]
    public async Task With_the_credential_the_actor_is_who_the_caller_says(string? header, string actor)
    {
        await using var host = await TestHost.StartAsync(map: MapWhoAmI);
        var http = host.CreateHttp();
        if (header is not null)
        {
            http.DefaultRequestHeaders.Add("x-modelops-actor", header);
        }

        Assert.Equal(actor, await http.GetStringAsync("/me"));
    }

    [Fact]
    public async Task A_service_may_do_everything()
    {
        await using var host = await TestHost.StartAsync(map: MapScopes);
        var http = host.CreateHttp();

        foreach (var policy in new[] { "read", "write", "approve", "admin", "service" })
        {
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"/{policy}")).StatusCode);
        }
    }

    [Theory]
    [InlineData(ApiKeyScope.Read, "read")]
    [InlineData(ApiKeyScope.Write, "read,write")]
    [InlineData(ApiKeyScope.Approve, "read,write,approve")]
    [InlineData(ApiKeyScope.Admin, "read,write,approve,admin")]
    public async Task A_key_may_do_what_its_scope_includes(ApiKeyScope scope, string allowed)
    {
        var key = ApiKey.Generate();
        await using var host = await StartWithKeysAsync(new KnownKeys { [key.Hash] = new("ada", scope) });
        var http = host.CreateHttp(key.Text);

        foreach (var policy in new[] { "read", "write", "approve", "admin", "service" })
        {
            var answer = await http.GetAsync($"/{policy}");

            Assert.Equal(allowed.Split(',').Contains(policy) ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Equal(answer.IsSuccessStatusCode ? "text/plain" : "application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Theory]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("X-API-Key", "")]
    public async Task A_key_may_come_in_either_header_and_names_the_actor(string header, string prefix)
    {
        var key = ApiKey.Generate();
        await using var host = await StartWithKeysAsync(new KnownKeys { [key.Hash] = new("ada", ApiKeyScope.Read) });
        var http = host.CreateHttp(bearer: null);
        http.DefaultRequestHeaders.Add(header, prefix + key.Text);
        http.DefaultRequestHeaders.Add("x-modelops-actor", "somebody-else"); // only a service may say so

        Assert.Equal("ada", await http.GetStringAsync("/me"));
    }

    [Fact]
    public async Task A_key_that_somebody_else_made_works_as_well()
    {
        const string Bootstrap = "generated-by-the-app-host";
        await using var host = await StartWithKeysAsync(new KnownKeys { [ApiKey.HashOf(Bootstrap)] = new("bootstrap", ApiKeyScope.Admin) });

        Assert.Equal("bootstrap", await host.CreateHttp(Bootstrap).GetStringAsync("/me"));
    }

    [Fact]
    public async Task A_key_that_is_unknown_expired_revoked_or_too_long_opens_nothing()
    {
        var expired = ApiKey.Generate();
        var revoked = ApiKey.Generate();
        await using var host = await StartWithKeysAsync(new KnownKeys
        {
            [expired.Hash] = new("ada", ApiKeyScope.Admin, ExpireTime: Past),
            [revoked.Hash] = new("ada", ApiKeyScope.Admin, ExpireTime: Future, RevokeTime: Past),
        });

        foreach (var key in new[] { expired.Text, revoked.Text, ApiKey.Generate().Text, new string('x', 300), "" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await host.CreateHttp(key).GetAsync("/me")).StatusCode);
        }
    }

    [Fact]
    public async Task Beside_keys_the_service_credential_still_works()
    {
        await using var host = await StartWithKeysAsync([]);

        Assert.Equal("service", await host.CreateHttp().GetStringAsync("/me"));
    }

    [Theory]
    [InlineData(null, StatusCode.Unauthenticated)]
    [InlineData("x-api-key", StatusCode.PermissionDenied)]
    [InlineData("authorization", StatusCode.PermissionDenied)]
    public async Task Grpc_callers_get_grpc_statuses(string? header, StatusCode status)
    {
        var key = ApiKey.Generate();
        await using var host = await StartWithKeysAsync(
            new KnownKeys { [key.Hash] = new("ada", ApiKeyScope.Admin) },
            app => app.MapGrpcService<ProbeRpc>().RequireAuthorization(Policies.Service));
        var metadata = new Metadata();
        if (header is not null)
        {
            metadata.Add(header, header == "authorization" ? $"Bearer {key.Text}" : key.Text);
        }

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await host.CreateProbe().AskAsync(new(), metadata));

        Assert.Equal(status, refused.StatusCode);
    }

    [Fact]
    public void A_generated_key_is_long_marked_and_never_shown_by_accident()
    {
        var key = ApiKey.Generate();

        Assert.Matches("^mo_[A-Za-z0-9_-]{43}$", key.Text);
        Assert.Matches("^[0-9a-f]{64}$", key.Hash);
        Assert.Equal(key.Hash, ApiKey.HashOf(key.Text));
        Assert.NotEqual(key.Text, ApiKey.Generate().Text);
        Assert.DoesNotContain(key.Text, $"{key}", StringComparison.Ordinal);
    }

    /// <summary>The numbers are stored.</summary>
    [Theory]
    [InlineData(ApiKeyScope.Read, 1)]
    [InlineData(ApiKeyScope.Write, 2)]
    [InlineData(ApiKeyScope.Approve, 3)]
    [InlineData(ApiKeyScope.Admin, 4)]
    public void Scopes_keep_their_numbers(ApiKeyScope scope, int number) => Assert.Equal(number, (int)scope);

    private static void MapWhoAmI(WebApplication app) => app.MapGet("/me", (ClaimsPrincipal user) => user.Identity!.Name);

    private static void MapScopes(WebApplication app)
    {
        foreach (var policy in new[] { Policies.Read, Policies.Write, Policies.Approve, Policies.Admin, Policies.Service })
        {
            app.MapGet($"/{policy}", () => "yes").RequireAuthorization(policy);
        }
    }

    private static Task<TestHost> StartWithKeysAsync(KnownKeys keys, Action<WebApplication>? map = null) => TestHost.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton<IApiKeyStore>(keys);
            builder.AddApiKeys<KnownKeys>();
        },
        map ?? (app =>
        {
            MapWhoAmI(app);
            MapScopes(app);
        }),
        mapProbe: map is null);

    /// <summary>Keys by hash.</summary>
    private sealed class KnownKeys : Dictionary<string, ApiKeyRecord>, IApiKeyStore
    {
        public Task<ApiKeyRecord?> FindAsync(string hash, CancellationToken ct) => Task.FromResult(this.GetValueOrDefault(hash));
    }
}

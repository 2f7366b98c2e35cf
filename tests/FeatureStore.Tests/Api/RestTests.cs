using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ModelOps.FeatureStore.Tests.Support;

namespace ModelOps.FeatureStore.Tests.Api;

[Collection(FeatureStoreFixture.Name)]
public sealed class RestTests(FeatureStoreFixture fixture) : IDisposable
{
    private readonly FeatureStoreHost _host = fixture.Host;
    private readonly HttpClient _http = fixture.Host.CreateHttp();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Definitions_a_file_and_a_push_go_in_and_come_out_online()
    {
        const string place = "workspace=rest-all";
        var at = Workspace.Now.AddHours(-1);

        var applied = await PutAsync($"definitions?{place}", Workspace.Definitions);
        var view = await _http.GetStringAsync($"/api/v1/features/views/stats?{place}");
        var service = await _http.GetFromJsonAsync<JsonElement>($"/api/v1/features/services/both?{place}&version=1");
        var file = await PostAsync($"views/stats/materialize?{place}", $"user_id,at,amount,visits\n1,{at.ToUnixTimeSeconds()},1.5,\n", "text/csv");
        var pushed = await PostAsync($"views/notes/push?{place}", $$$"""{"rows":[{"shop_id":"a","event_time":"{{{at:yyyy-MM-dd'T'HH:mm:ss}}}.25Z","note":"x","open":null}]}""");
        var online = await PostAsync($"online?{place}", """{"feature_service":"both","entities":{"user_id":[1,2],"shop_id":["a","b"]}}""");

        Assert.Equal(6, applied.GetProperty("changes").GetArrayLength());
        Assert.Equal("""{"workspace":"rest-all","name":"stats","version":1,"join_key":"user_id","join_key_type":"int64","schema":[{"name":"amount","type":"double"},{"name":"visits","type":"int64"}],"ttl_seconds":2592000,"online":true}""", view);
        Assert.Equal("""{"view":"notes","feature":"note","type":"string","join_key":"shop_id","join_key_type":"string"}""", service.GetProperty("features")[2].GetRawText());
        Assert.Equal((1, 1, 0, 1), (Number(file, "rows"), Number(file, "stored"), Number(file, "duplicates"), Number(file, "online")));
        Assert.Equal("""{"stored":1,"online":1}""", pushed.GetRawText());
        var time = $"{at:yyyy-MM-dd'T'HH:mm:ss}";
        Assert.Equal(
            $$"""
            {"features":[{"feature":"amount","view":"stats","values":[1.5,null],"statuses":["PRESENT","NOT_FOUND"],"event_times":["{{time}}Z","1970-01-01T00:00:00Z"]},
            {"feature":"visits","view":"stats","values":[null,null],"statuses":["NULL_VALUE","NOT_FOUND"],"event_times":["{{time}}Z","1970-01-01T00:00:00Z"]},
            {"feature":"note","view":"notes","values":["x",null],"statuses":["PRESENT","NOT_FOUND"],"event_times":["{{time}}.25Z","1970-01-01T00:00:00Z"]}]}
            """.ReplaceLineEndings(""),
            online.GetRawText());
    }

    [Theory]
    [InlineData("""{"rows":[{"user_id":1,"event_time":"2026-01-01T00:00:00Z","amount":1,"visits":1.5}]}""", "rows[0].visits")]
    [InlineData("""{"rows":[{"user_id":1,"event_time":"2026-01-01T00:00:00Z","amount":1e999,"visits":1}]}""", "rows[0].amount")]
    [InlineData("""{"rows":[{"user_id":1,"event_time":"2026-01-01T00:00:00Z","amount":"1","visits":1}]}""", "rows[0].amount")]
    [InlineData("""{"rows":[{"user_id":1,"event_time":"2026-01-01T00:00:00Z","amount":1}]}""", "rows[0].visits")]
    [InlineData("""{"rows":[{"user_id":1,"event_time":"2026-01-01T00:00:00Z","amount":1,"visits":1,"more":1}]}""", "rows[0].more")]
    [InlineData("""{"rows":[{"user_id":"1","event_time":"2026-01-01T00:00:00Z","amount":1,"visits":1}]}""", "rows[0].user_id")]
    [InlineData("""{"rows":[{"event_time":"2026-01-01T00:00:00Z","amount":1,"visits":1}]}""", "rows[0].user_id")]
    [InlineData("""{"rows":[{"user_id":null,"event_time":"2026-01-01T00:00:00Z","amount":1,"visits":1}]}""", "rows[0].user_id")]
    [InlineData("""{"rows":[{"user_id":1,"event_time":"2026-01-01","amount":1,"visits":1}]}""", "rows[0].event_time")]
    [InlineData("""{"rows":[{"user_id":1,"amount":1,"visits":1}]}""", "rows[0].event_time")]
    [InlineData("""{"rows":[{"user_id":1,"event_time":"\ud800","amount":1,"visits":1}]}""", "rows[0].event_time")]
    [InlineData("""{"rows":[null]}""", "rows[0]")]
    [InlineData("""{"rows":[]}""", "rows")]
    [InlineData("""{}""", "rows")]
    [InlineData("null", "rows")]
    [InlineData("""{"rows":[],"to":"online"}""", "to")]
    public async Task A_bad_push_is_refused_by_field(string body, string field)
    {
        await PutAsync("definitions?workspace=rest-push", Workspace.Definitions);

        using var answer = await SendAsync(HttpMethod.Post, "views/stats/push?workspace=rest-push", body, "application/json");

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, field);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "entities.user_id", """{"features":["stats:visits"]}""")]
    [InlineData(HttpStatusCode.BadRequest, "entities.user_id", """{"features":["stats:visits"],"entities":{"user_id":1}}""")]
    [InlineData(HttpStatusCode.BadRequest, "entities.user_id", """{"features":["stats:visits"],"entities":{"user_id":[]}}""")]
    [InlineData(HttpStatusCode.BadRequest, "entities.user_id[1]", """{"features":["stats:visits"],"entities":{"user_id":[1,"2"]}}""")]
    [InlineData(HttpStatusCode.BadRequest, "entities.shop_id[0]", """{"features":["notes:note"],"entities":{"shop_id":["\ud800"]}}""")]
    [InlineData(HttpStatusCode.BadRequest, "features[0]", """{"features":[null],"entities":{"user_id":[1]}}""")]
    [InlineData(HttpStatusCode.BadRequest, "feature_service", """{"entities":{"user_id":[1]}}""")]
    [InlineData(HttpStatusCode.BadRequest, "feature_service", """{"feature_service":"both","features":["stats:visits"],"entities":{"user_id":[1]}}""")]
    [InlineData(HttpStatusCode.BadRequest, "full_feature_names", """{"feature_service":"both","full_feature_names":true}""")]
    [InlineData(HttpStatusCode.NotFound, null, """{"feature_service":"nothing","entities":{"user_id":[1]}}""")]
    [InlineData(HttpStatusCode.NotFound, null, """{"feature_service":"both","feature_service_version":9,"entities":{"user_id":[1]}}""")]
    public async Task A_bad_read_is_refused_by_field(HttpStatusCode status, string? field, string body)
    {
        await PutAsync("definitions?workspace=rest-read", Workspace.Definitions);

        using var answer = await SendAsync(HttpMethod.Post, "online?workspace=rest-read", body, "application/json");

        await AssertProblemAsync(answer, status, field);
    }

    [Fact]
    public async Task Other_bad_requests_are_refused_too()
    {
        await PutAsync("definitions?workspace=rest-other", Workspace.Definitions);

        using var yaml = await SendAsync(HttpMethod.Put, "definitions?workspace=rest-other", "views: [{ nam: x }]", "application/yaml");
        using var type = await SendAsync(HttpMethod.Put, "definitions?workspace=rest-other", Workspace.Definitions.Replace("visits, type: int64", "visits, type: string", StringComparison.Ordinal), "application/yaml");
        using var large = await SendAsync(HttpMethod.Put, "definitions?workspace=rest-other", new string('#', (1 << 20) + 1), "application/yaml");
        using var csv = await SendAsync(HttpMethod.Post, "views/stats/materialize?workspace=rest-other", "user_id,at,amount,visits\n1,0,a,1\n", "text/csv");
        using var view = await SendAsync(HttpMethod.Get, "views/nothing?workspace=rest-other");
        using var version = await SendAsync(HttpMethod.Get, "services/both?workspace=rest-other&version=one");
        using var workspace = await SendAsync(HttpMethod.Get, "views/stats?workspace=a%2Fb");

        await AssertProblemAsync(yaml, HttpStatusCode.BadRequest, "definitions");
        await AssertProblemAsync(type, HttpStatusCode.Conflict, null);
        await AssertProblemAsync(large, HttpStatusCode.RequestEntityTooLarge, null);
        await AssertProblemAsync(csv, HttpStatusCode.BadRequest, "line 2, column amount");
        await AssertProblemAsync(view, HttpStatusCode.NotFound, null);
        await AssertProblemAsync(version, HttpStatusCode.BadRequest, "version");
        await AssertProblemAsync(workspace, HttpStatusCode.BadRequest, "workspace");
    }

    [Fact]
    public async Task Without_the_credential_nothing_opens_and_what_was_done_is_counted()
    {
        using var stranger = _host.CreateHttp(key: null);
        await PutAsync("definitions?workspace=rest-metrics", Workspace.Definitions);
        await PostAsync("views/stats/materialize?workspace=rest-metrics", "user_id,at,amount,visits\n1,0,1.5,\n", "text/csv");
        await PostAsync("online?workspace=rest-metrics", """{"features":["stats:visits"],"entities":{"user_id":[1]}}""");

        using var answer = await stranger.GetAsync("/api/v1/features/views/stats?workspace=rest-metrics");
        var metrics = await stranger.GetStringAsync("/metrics");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("modelops_features_rows_stored", metrics, StringComparison.Ordinal);
        Assert.Contains("modelops_features_online_duration", metrics, StringComparison.Ordinal);
    }

    private static int Number(JsonElement answer, string name) => answer.GetProperty(name).GetInt32();

    private async Task<JsonElement> PutAsync(string path, string yaml) => await ReadAsync(await SendAsync(HttpMethod.Put, path, yaml, "application/yaml"));

    private async Task<JsonElement> PostAsync(string path, string body, string type = "application/json") => await ReadAsync(await SendAsync(HttpMethod.Post, path, body, type));

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/features/{path}") { Content = body is null ? null : new StringContent(body, Encoding.UTF8, type) };
        // A body that is refused by its length is not read: unless the client asks first, the connection may end while it still sends.
        request.Headers.ExpectContinue = body is { Length: > 1 << 20 };
        return await _http.SendAsync(request);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        }
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string? field)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(field, problem.TryGetProperty("field", out var named) ? named.GetString() : null);
        Assert.DoesNotContain("   at ", problem.GetRawText(), StringComparison.Ordinal);
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ModelOps.Samples.Fraud;

namespace ModelOps.Integration.Tests;

/// <summary>What a careless client sends into the loop: one clear error that names what is wrong, and nothing half-done.</summary>
[Collection(RunningLoop.Collection)]
public sealed class BadInputTests(RunningLoop loop)
{
    private const string Predict = $"/api/v1/models/{FraudModel.Name}/predict";
    private const string Push = "/api/v1/features/views/user_history/push";
    private const string Rollouts = $"/api/v1/models/{FraudModel.Name}/rollouts";

    [Theory]
    [InlineData("""{"entities":{"user_id":1},"features":{"nonsense":1}}""", "nonsense")]
    [InlineData("""{"entities":{"user_id":1},"features":{"amount":"much","merchant_category":"fuel","hour_of_day":1,"is_foreign":0,"card_present":1}}""", "amount")]
    [InlineData("""{"entities":{},"features":{"amount":1,"merchant_category":"fuel","hour_of_day":1,"is_foreign":0,"card_present":1}}""", "user_id")]
    [InlineData("""{"entities":{"user_id":"me"},"features":{"amount":1,"merchant_category":"fuel","hour_of_day":1,"is_foreign":0,"card_present":1}}""", "user_id")]
    [InlineData("""{"entities":{"user_id":1},"features":{"merchant_category":"fuel","hour_of_day":1,"is_foreign":0,"card_present":1}}""", "amount")]
    [InlineData("""{"entities":{"user_id":1},"features":{"amount":1},"event_time":"yesterday"}""", "event_time")]
    [InlineData("""{"features":""", "JSON")]
    public async Task A_prediction_that_cannot_be_made_is_refused_by_name(string body, string named) =>
        await AssertRefusedAsync(HttpStatusCode.BadRequest, named, await SendAsync(HttpMethod.Post, Predict, body));

    [Theory]
    [InlineData("""{"rows":[{"user_id":1,"event_time":"2026-01-01T00:00:00Z","nonsense":1}]}""", "nonsense")]
    [InlineData("""{"rows":[{"user_id":1,"event_time":"2026-01-01T00:00:00Z","days_since_last":1,"user_avg_amount":1,"txn_count_24h":"many","account_age_days":1,"failed_logins_24h":0}]}""", "txn_count_24h")]
    [InlineData("""{"rows":[{"event_time":"2026-01-01T00:00:00Z","txn_count_24h":1}]}""", "user_id")]
    [InlineData("""{"rows":[]}""", "rows")]
    public async Task Rows_that_are_none_of_the_view_are_refused_by_name(string body, string named) =>
        await AssertRefusedAsync(HttpStatusCode.BadRequest, named, await SendAsync(HttpMethod.Post, Push, body));

    [Fact]
    public async Task Rows_may_come_twice_and_out_of_order_and_the_newest_stays()
    {
        const string Newer = """{"rows":[{"user_id":-7,"event_time":"2026-11-02T00:00:00Z","days_since_last":1,"user_avg_amount":1,"txn_count_24h":2,"account_age_days":1,"failed_logins_24h":0}]}""";
        var older = Newer.Replace("11-02", "11-01", StringComparison.Ordinal).Replace("\"txn_count_24h\":2", "\"txn_count_24h\":1", StringComparison.Ordinal);

        var counts = new List<(long Stored, long Online)>();
        foreach (var body in new[] { Newer, older, Newer })
        {
            using var answer = await SendAsync(HttpMethod.Post, Push, body);
            var done = await answer.Content.ReadFromJsonAsync<JsonElement>();
            counts.Add((done.GetProperty("stored").GetInt64(), done.GetProperty("online").GetInt64()));
        }

        Assert.Equal([(1, 1), (1, 0), (0, 0)], counts);
        using var read = await SendAsync(HttpMethod.Post, "/api/v1/features/online", """{"features":["user_history:txn_count_24h"],"entities":{"user_id":[-7]}}""");
        Assert.Contains("[2]", await read.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_label_for_an_unknown_prediction_is_refused_and_no_other_of_the_request_is_stored()
    {
        var answer = await SendAsync(HttpMethod.Post, "/api/v1/monitoring/labels", """{"labels":[{"prediction_id":"never-made","label":1}]}""");

        await AssertRefusedAsync(HttpStatusCode.NotFound, "never-made", answer);
    }

    [Fact]
    public async Task A_definition_that_gives_a_feature_another_type_is_refused()
    {
        var changed = ChangeType(loop.Sample.Features, "txn_count_24h");

        using var content = new StringContent(changed, Encoding.UTF8, "application/yaml");
        var answer = await loop.Http.PutAsync("/api/v1/features/definitions", content);

        await AssertRefusedAsync(HttpStatusCode.Conflict, "txn_count_24h", answer);
    }

    [Fact]
    public async Task A_rollout_of_a_version_that_is_not_there_or_is_deployed_already_is_refused()
    {
        await AssertRefusedAsync(HttpStatusCode.NotFound, "999", await SendAsync(HttpMethod.Post, Rollouts, """{"version":999}"""));
        await AssertRefusedAsync(HttpStatusCode.Conflict, "deployed", await SendAsync(HttpMethod.Post, Rollouts, $$"""{"version":{{loop.Version}}}"""));
    }

    private static string ChangeType(string yaml, string feature)
    {
        var at = yaml.IndexOf(feature, StringComparison.Ordinal);
        var type = yaml.IndexOf("int64", at, StringComparison.Ordinal);
        return string.Concat(yaml.AsSpan(0, type), "string", yaml.AsSpan(type + "int64".Length));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return await loop.Http.SendAsync(request);
    }

    private static async Task AssertRefusedAsync(HttpStatusCode status, string named, HttpResponseMessage answer)
    {
        using (answer)
        {
            var body = await answer.Content.ReadAsStringAsync();
            Assert.True(status == answer.StatusCode, $"{(int)answer.StatusCode} {body}");
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.Contains(named, body, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        }
    }
}

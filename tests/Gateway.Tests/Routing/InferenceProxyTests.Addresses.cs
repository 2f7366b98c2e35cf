using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;

namespace ModelOps.Gateway.Tests.Routing;

/// <summary>Which addresses there are, and whom they reach.</summary>
public sealed partial class InferenceProxyTests
{
    [Theory]
    [InlineData("POST", "/v2/models/fraud/infer"), InlineData("POST", "/v2/models/fraud/versions/1/infer"), InlineData("GET", "/v2/models/fraud"), InlineData("GET", "/v2/models/fraud/ready")]
    [InlineData("GET", "/v2/models/fraud/config"), InlineData("GET", "/v2/models/fraud/versions/1/stats"), InlineData("GET", "/v2/models"), InlineData("GET", "/v2/models/stats")]
    [InlineData("POST", "/v2/repository/index"), InlineData("POST", "/v2/repository/other/index")]
    [InlineData("POST", "/predict"), InlineData("POST", "/api/v1/models/fraud/predict"), InlineData("POST", "/api/v1/models/fraud/versions/1/profile"), InlineData("GET", "/model/info"), InlineData("GET", "/v2"), InlineData("GET", "/v2/health/ready")]
    public async Task Rest_addresses_reach_a_replica_under_their_own_path(string method, string path)
    {
        await using var replica = await ReadyAsync("a", 1);

        using var answer = await _gateway.Rest.SendAsync(new(new(method), path));
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(("a", path), (body.GetProperty("replica").GetString(), body.GetProperty("path").GetString()));
        Assert.Equal(path.Contains("fraud", StringComparison.Ordinal) || !path.StartsWith("/v2", StringComparison.Ordinal), answer.Headers.Contains("x-modelops-prediction-id"));
    }

    [Theory]
    [InlineData("GET", "/api/v1/batch-jobs"), InlineData("GET", "/api/v1/batch-jobs/1"), InlineData("POST", "/api/v1/batch-jobs"), InlineData("POST", "/api/v1/batch-jobs/1/cancel")]
    public async Task Batch_jobs_reach_any_replica(string method, string path)
    {
        await using var replica = await ReadyAsync("a", 1);

        using var answer = await _gateway.Rest.SendAsync(new(new(method), path));
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(("a", path), (body.GetProperty("replica").GetString(), body.GetProperty("path").GetString()));
        Assert.False(answer.Headers.Contains("x-modelops-prediction-id"));
    }

    [Fact]
    public async Task Other_calls_of_the_service_find_their_model_or_any_replica()
    {
        await using var replica = await ReadyAsync("a", 1);

        Assert.True((await _inference.ModelReadyAsync(new() { Name = "fraud" }, Headers())).Ready);
        Assert.True((await _inference.ServerLiveAsync(new(), Headers())).Live);
        Assert.Equal(StatusCode.Unimplemented, (await FailAsync(_inference.ModelMetadataAsync(new() { Name = "fraud" }, Headers()))).StatusCode); // the replica's own answer
        Assert.Equal(StatusCode.NotFound, (await FailAsync(_inference.ModelReadyAsync(new() { Name = "churn" }, Headers()))).StatusCode);
    }

    [Fact]
    public async Task Statistics_are_those_of_a_replica_with_the_model_or_of_any_when_none_is_named()
    {
        await using var replica = await ReadyAsync("a", 1);

        var one = await _inference.ModelStatisticsAsync(new() { Name = "fraud" }, Headers());
        var all = await _inference.ModelStatisticsAsync(new(), Headers());
        var index = await _inference.RepositoryIndexAsync(new() { Ready = true }, Headers());

        Assert.Equal(("a:fraud", "a:", "a"), (one.ModelStats[0].Name, all.ModelStats[0].Name, index.Models[0].Name));
        Assert.Equal(StatusCode.NotFound, (await FailAsync(_inference.ModelStatisticsAsync(new() { Name = "churn" }, Headers()))).StatusCode);
    }

    [Fact]
    public async Task Models_are_not_loaded_on_one_replica_through_the_gateway()
    {
        await using var replica = await ReadyAsync("a", 1);

        var load = await FailAsync(_inference.RepositoryModelLoadAsync(new() { ModelName = "fraud" }, Headers()));
        using var unload = await _gateway.Rest.PostAsync("/v2/repository/models/fraud/unload", new StringContent("{}"));

        Assert.Equal(StatusCode.Unimplemented, load.StatusCode);
        Assert.Contains("/deployment", load.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotImplemented, unload.StatusCode);
        Assert.Contains("/deployment", await unload.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_describes_a_binary_body_goes_through_both_ways()
    {
        await using var replica = await ReadyAsync("a", 1);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/fraud/infer") { Content = new ByteArrayContent([1, 2, 3]) };
        request.Headers.Add("Inference-Header-Content-Length", "1");
        request.Headers.Add("Accept-Encoding", "deflate");
        request.Content.Headers.ContentEncoding.Add("gzip");

        using var answer = await _gateway.Rest.SendAsync(request);

        var seen = Assert.Single(replica.Seen.Requests);
        Assert.Equal(("1", "deflate", "gzip", 3), (seen.Headers["inference-header-content-length"], seen.Headers["accept-encoding"], seen.Headers["content-encoding"], seen.BodyLength));
        Assert.False(seen.Headers.ContainsKey("content-type"));
        Assert.Equal("1", Assert.Single(answer.Headers.GetValues("Inference-Header-Content-Length")));
        Assert.Equal("gzip", Assert.Single(answer.Content.Headers.ContentEncoding));
    }
}

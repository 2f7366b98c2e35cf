using System.Net;
using System.Text;
using Grpc.Core;
using ModelOps.Gateway.Tests.Support;

namespace ModelOps.Gateway.Tests.Routing;

// What is refused at the door.
public sealed partial class InferenceProxyTests
{
    [Fact]
    public async Task Bodies_over_the_limit_are_refused_in_both_protocols()
    {
        await using var replica = await ReadyAsync("a", 1);

        var grpc = await FailAsync(_inference.ModelInferAsync(Request("fraud", new byte[MaxRequestBytes + 1]), Headers()));
        using var known = await _gateway.Rest.PostAsync("/v2/models/fraud/infer", new ByteArrayContent(new byte[MaxRequestBytes + 1]));
        using var chunked = await _gateway.Rest.SendAsync(new(HttpMethod.Post, "/predict")
        {
            Content = new StreamContent(new MemoryStream(new byte[MaxRequestBytes + 1])),
            Headers = { TransferEncodingChunked = true, ExpectContinue = true },
        });
        using var fits = await _gateway.Rest.PostAsync("/v2/models/fraud/infer", new ByteArrayContent(new byte[MaxRequestBytes]));

        Assert.Equal(StatusCode.ResourceExhausted, grpc.StatusCode);
        Assert.Equal([HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.OK], new[] { known, chunked, fits }.Select(r => r.StatusCode));
        Assert.Contains(replica.Seen.Requests, request => request.BodyLength == MaxRequestBytes);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0x0A, 0x05 }, "3", "longer than the message")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0 }, "3", "field 1")]
    [InlineData(new byte[] { }, "3", "no message")]
    [InlineData(new byte[] { 0, 0, 0 }, "3", "cut off")]
    [InlineData(new byte[] { 1, 0, 0, 0, 2, 0x0A, 0x05 }, "12", "gzip")]
    public async Task Bytes_that_are_no_message_are_refused_at_the_door(byte[] body, string status, string reason)
    {
        using var client = new HttpClient { BaseAddress = new(_gateway.GrpcAddress) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/inference.GRPCInferenceService/ModelInfer")
        {
            Content = new ByteArrayContent(body),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.Add("x-api-key", RunningGateway.AdminKey);

        using var answer = await client.SendAsync(request);

        Assert.Equal(status, Assert.Single(answer.Headers.GetValues("grpc-status")));
        Assert.Contains(reason, Uri.UnescapeDataString(Assert.Single(answer.Headers.GetValues("grpc-message"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prediction_id_that_breaks_the_rule_is_refused()
    {
        await using var replica = await ReadyAsync("a", 1);

        var grpc = await FailAsync(_inference.ModelInferAsync(Request("fraud"), Headers(("x-modelops-prediction-id", "a b"))));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/fraud/infer") { Content = new StringContent("{}", Encoding.UTF8) };
        request.Headers.Add("x-modelops-prediction-id", new string('x', 129));
        using var rest = await _gateway.Rest.SendAsync(request);

        Assert.Equal(StatusCode.InvalidArgument, grpc.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, rest.StatusCode);
        Assert.Contains("x-modelops-prediction-id", await rest.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory, InlineData("/v2/models/..%2f..%2fapi/infer"), InlineData("/v2/models/%2e%2e/keys"), InlineData("/v2/repository/models/fraud"), InlineData("/v2/models/fraud%00/infer")]
    public async Task Tricks_with_paths_reach_no_replica(string path)
    {
        await using var replica = await ReadyAsync("a", 1);

        using var answer = await _gateway.Rest.GetAsync(path);

        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.BadRequest });
        Assert.Empty(replica.Seen.Requests);
    }
}

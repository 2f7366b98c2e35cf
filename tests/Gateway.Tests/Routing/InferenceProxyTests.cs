using System.Net;
using System.Net.Http.Json;
using Google.Protobuf;
using Grpc.Core;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Contracts.OpenInference;
using ModelOps.Gateway.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Gateway.Tests.Routing;

[Collection(PostgresCollection.Name)]
public sealed partial class InferenceProxyTests(InferenceProxyTests.Fixture fixture) : IClassFixture<InferenceProxyTests.Fixture>, IAsyncLifetime
{
    private const int MaxRequestBytes = 4 << 20;

    private readonly RunningGateway _gateway = fixture.Gateway;
    private readonly GRPCInferenceService.GRPCInferenceServiceClient _inference = new(fixture.Gateway.Channel);

    public async Task InitializeAsync()
    {
        fixture.Registry.Add("fraud", 3);
        await fixture.ResetAsync();
        await DeployAsync(1);
    }

    public Task DisposeAsync()
    {
        _gateway.AssertNoErrors();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Grpc_reaches_a_ready_replica_with_the_bytes_as_they_were_sent()
    {
        await using var replica = await ReadyAsync("a", 1);
        var tensor = new byte[3_000_000];
        new Random(1).NextBytes(tensor);

        using var call = _inference.ModelInferAsync(Request("fraud", tensor), Headers(("x-modelops-prediction-id", "tx-17")));
        var response = await call;
        var headers = await call.ResponseHeadersAsync;

        Assert.Equal("a", response.Id);
        Assert.Equal(tensor, response.RawOutputContents[0].ToByteArray());
        Assert.Equal(("tx-17", "1"), (headers.GetValue("x-modelops-prediction-id"), headers.GetValue("x-modelops-model-version")));
    }

    [Fact]
    public async Task The_key_stays_at_the_door_and_the_service_credential_goes_on_with_who_is_behind_it()
    {
        await using var replica = await ReadyAsync("a", 1);

        await _inference.ModelInferAsync(Request("fraud"), Headers(("x-modelops-actor", "mallory"), ("x-modelops-anything", "x"), ("x-own", "kept")));
        await _gateway.Rest.PostAsync("/v2/models/fraud/infer", new StringContent("{}"));

        Assert.All(replica.Seen.Requests, request =>
        {
            Assert.Equal($"Bearer {RunningGateway.ServiceKey}", request.Headers["authorization"]);
            Assert.Equal("bootstrap-admin", request.Headers["x-modelops-actor"]);
            Assert.Equal(("fraud", "1"), (request.Headers["x-modelops-model"], request.Headers["x-modelops-model-version"]));
            Assert.Equal(7, Guid.Parse(request.Headers["x-modelops-prediction-id"]).Version);
            Assert.False(request.Headers.ContainsKey("x-api-key"));
            Assert.DoesNotContain(RunningGateway.AdminKey, string.Join('|', request.Headers.Values), StringComparison.Ordinal);
        });
        Assert.Equal(2, replica.Seen.Requests.Count);
        Assert.Equal("kept", replica.Seen.Requests.First().Headers["x-own"]);
        Assert.False(replica.Seen.Requests.First().Headers.ContainsKey("x-modelops-anything"));
    }

    [Fact]
    public async Task A_stream_goes_to_the_replica_of_its_first_message_and_may_be_longer_than_any_message()
    {
        await using var replica = await ReadyAsync("a", 1);

        using var call = _inference.ModelStreamInfer(Headers(("x-modelops-prediction-id", "tx-18")));
        for (var i = 0; i < 20; i++)
        {
            var request = Request("fraud", new byte[MaxRequestBytes / 8]);
            request.Id = i.ToString();
            await call.RequestStream.WriteAsync(request);
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(i.ToString(), call.ResponseStream.Current.InferResponse.Id);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));

        var seen = Assert.Single(replica.Seen.Requests).Headers;
        Assert.Equal(("fraud", "1", "tx-18"), (seen["x-modelops-model"], seen["x-modelops-model-version"], seen["x-modelops-prediction-id"]));
    }

    [Fact]
    public async Task What_is_not_deployed_is_not_found_and_what_is_not_ready_is_unavailable()
    {
        var unready = await FailAsync(_inference.ModelInferAsync(Request("fraud"), Headers()));
        var unknown = await FailAsync(_inference.ModelInferAsync(Request("churn"), Headers()));
        var version = await FailAsync(_inference.ModelInferAsync(new() { ModelName = "fraud", ModelVersion = "2" }, Headers()));
        using var restUnready = await _gateway.Rest.GetAsync("/v2/models/fraud/ready");
        using var restUnknown = await _gateway.Rest.PostAsync("/v2/models/churn/infer", new StringContent("{}"));
        using var predict = await _gateway.Rest.PostAsync("/predict", new StringContent("{}"));

        Assert.Equal([StatusCode.Unavailable, StatusCode.NotFound, StatusCode.NotFound], new[] { unready, unknown, version }.Select(e => e.StatusCode));
        Assert.Equal("model 'churn' is not deployed", unknown.Status.Detail);
        Assert.Equal([HttpStatusCode.ServiceUnavailable, HttpStatusCode.NotFound, HttpStatusCode.ServiceUnavailable], new[] { restUnready, restUnknown, predict }.Select(r => r.StatusCode));
        Assert.Equal("""{"error":"model \u0027churn\u0027 is not deployed"}""", await restUnknown.Content.ReadAsStringAsync());
        Assert.Equal("application/problem+json", predict.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_replica_takes_requests_only_while_its_stream_is_open()
    {
        await using var a = await ReadyAsync("a", 1);
        await using var b = await ReadyAsync("b", 1);

        await a.LeaveAsync();
        await a.Ended;
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("b", (await _inference.ModelInferAsync(Request("fraud"), Headers())).Id);
        }
        await b.ReportAsync(LoadState.Loading, ("fraud", 1));

        await Poll.UntilAsync("no replica is ready", async ct => (await FailAsync(_inference.ModelInferAsync(Request("fraud"), Headers(), cancellationToken: ct))).StatusCode == StatusCode.Unavailable);
    }

    [Fact]
    public async Task The_version_before_answers_until_the_new_one_is_ready_and_no_request_fails()
    {
        await using var replica = await ReadyAsync("a", 1);
        var stop = false;
        var versions = new List<string>();
        var load = Task.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                using var call = _inference.ModelInferAsync(Request("fraud"), Headers());
                await call;
                versions.Add((await call.ResponseHeadersAsync).GetValue("x-modelops-model-version")!);
            }
        });

        await DeployAsync(2);
        await Poll.UntilAsync("requests after the change", () => versions.Count > 20);
        await replica.ReportAsync(LoadState.Ready, ("fraud", 1), ("fraud", 2));
        await Poll.UntilAsync("the new version answers", () => versions.Count > 0 && versions[^1] == "2");
        Volatile.Write(ref stop, true);
        await load;

        Assert.Equal(["1", "2"], versions.Distinct());
    }

    [Fact]
    public async Task A_replica_that_cannot_be_connected_to_costs_no_request()
    {
        var nobody = await PeerServer.StartAsync(_ => { }, _ => { });
        var (http, _) = (nobody.Http, nobody.Grpc);
        await nobody.DisposeAsync(); // nothing listens there any more
        await using var dead = await PeerReplica.ConnectDeadAsync(_gateway, "dead", http, ("fraud", 1));
        await using var alive = await ReadyAsync("alive", 1);

        for (var i = 0; i < 30; i++)
        {
            Assert.Equal("alive", (await _inference.ModelInferAsync(Request("fraud"), Headers())).Id);
            using var rest = await _gateway.Rest.PostAsync("/v2/models/fraud/infer", new StringContent("""{"a":1}"""));
            Assert.Equal(HttpStatusCode.OK, rest.StatusCode);
        }
        Assert.All(alive.Seen.Requests, request => Assert.True(request.BodyLength > 0));
    }

    [Fact]
    public async Task When_no_replica_can_be_connected_to_the_call_is_unavailable()
    {
        await using var dead = await PeerReplica.ConnectDeadAsync(_gateway, "dead", "http://127.0.0.1:1", ("fraud", 1));
        await dead.DesiredAsync(_ => true);

        var refused = await FailAsync(_inference.ModelInferAsync(Request("fraud"), Headers()));
        using var rest = await _gateway.Rest.PostAsync("/v2/models/fraud/infer", new StringContent("{}"));

        Assert.Equal((StatusCode.Unavailable, "the replica cannot be reached"), (refused.StatusCode, refused.Status.Detail));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, rest.StatusCode);
    }

    [Fact]
    public async Task A_replica_that_does_not_answer_is_given_up_on_and_its_own_errors_pass_unchanged()
    {
        await using var replica = await ReadyAsync("a", 1);
        var refused = await FailAsync(_inference.ModelInferAsync(new() { ModelName = "fraud", Id = "refuse" }, Headers()));
        replica.Seen.Hold = new();

        var late = await FailAsync(_inference.ModelInferAsync(Request("fraud"), Headers()));
        replica.Seen.Hold.SetResult();

        Assert.Equal((StatusCode.FailedPrecondition, "the replica refuses"), (refused.StatusCode, refused.Status.Detail));
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        Assert.Single(replica.Seen.Requests, request => request.BodyLength > 20); // asked once: it may have worked on it
    }

    [Fact]
    public async Task What_was_forwarded_shows_in_the_metrics_by_model_and_version()
    {
        await using var replica = await ReadyAsync("a", 1);
        await _inference.ModelInferAsync(Request("fraud"), Headers());
        await FailAsync(_inference.ModelInferAsync(Request("never-deployed"), Headers()));

        var text = await _gateway.CreateRest(null).GetStringAsync("/metrics");

        Assert.Matches("""modelops_gateway_forward_duration_seconds_count\{[^}]*model="fraud"[^}]*\} [1-9]""", text);
        Assert.Matches("modelops_gateway_replicas(\\{[^}]*\\})? 1", text);
        Assert.DoesNotContain("never-deployed", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Five_hundred_calls_at_a_time_share_the_replicas()
    {
        await using var a = await ReadyAsync("a", 1);
        await using var b = await ReadyAsync("b", 1);

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(async i =>
        {
            var response = await _inference.ModelInferAsync(Request("fraud", BitConverter.GetBytes(i)), Headers());
            return (response.Id, Same: BitConverter.ToInt32(response.RawOutputContents[0].Span) == i);
        }));

        Assert.All(answers, answer => Assert.True(answer.Same));
        Assert.All(answers.CountBy(answer => answer.Id), share => Assert.InRange(share.Value, 100, 400));
    }

    public sealed class Fixture(PostgresFixture postgres) : GatewayFixture(
        postgres, ("Gateway:DefaultModel", "fraud"), ("Gateway:Routing:MaxRequestBytes", $"{MaxRequestBytes}"), ("Gateway:Routing:IdleTimeout", "00:00:03"));

    private async Task<PeerReplica> ReadyAsync(string id, long version)
    {
        var replica = await PeerReplica.ConnectAsync(_gateway, id, ("fraud", version));
        await replica.DesiredAsync(_ => true);
        return replica;
    }

    private async Task DeployAsync(long version)
    {
        using var answer = await _gateway.Rest.PutAsJsonAsync("/api/v1/models/fraud/deployment", new { version });
        answer.EnsureSuccessStatusCode();
    }

    private static ModelInferRequest Request(string model, byte[]? tensor = null) =>
        new() { ModelName = model, RawInputContents = { ByteString.CopyFrom(tensor ?? new byte[120]) } };

    private static Metadata Headers(params (string Name, string Value)[] more)
    {
        var headers = RunningGateway.KeyHeaders();
        foreach (var (name, value) in more)
        {
            headers.Add(name, value);
        }
        return headers;
    }

    private static async Task<RpcException> FailAsync<T>(AsyncUnaryCall<T> call) => await Assert.ThrowsAsync<RpcException>(async () => await call);
}

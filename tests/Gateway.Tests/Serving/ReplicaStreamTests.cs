using Grpc.Core;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Gateway.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Gateway.Tests.Serving;

[Collection(PostgresCollection.Name)]
public sealed class ReplicaStreamTests(ReplicaStreamTests.Fixture fixture) : IClassFixture<ReplicaStreamTests.Fixture>
{
    private readonly RunningGateway _gateway = fixture.Gateway;

    public static TheoryData<string, Action<ReplicaReport>> Broken => new()
    {
        { "instance_id", report => report.InstanceId = "" },
        { "instance_id", report => report.InstanceId = new('x', 129) },
        { "http_address", report => report.HttpAddress = "127.0.0.1:80" },
        { "http_address", report => report.HttpAddress = "ftp://127.0.0.1" },
        { "grpc_address", report => report.GrpcAddress = "http://127.0.0.1:80/path" },
        { "grpc_address", report => report.GrpcAddress = "http://user@127.0.0.1:80" },
        { "versions", report => report.Versions.Add(Enumerable.Range(1, 4).Select(v => Version("fraud", v))) },
        { "versions.model", report => report.Versions.Add(Version("", 1)) },
        { "versions.version", report => report.Versions.Add(Version("fraud", 0)) },
        { "versions.state", report => report.Versions.Add(new LoadedVersion(Version("fraud", 1)) { State = (LoadState)77 }) },
    };

    [Theory, MemberData(nameof(Broken))]
    public async Task A_report_that_breaks_a_rule_ends_the_stream_with_the_field(string field, Action<ReplicaReport> breakIt)
    {
        var report = Report("a");
        breakIt(report);

        var refused = await SendAsync(report);

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.StartsWith($"{field} ", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replica_may_not_change_who_it_is()
    {
        var refused = await SendAsync(Report("a"), Report("b"));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    [Fact]
    public async Task A_replica_that_says_nothing_more_is_taken_out()
    {
        var silent = await SendAsync(Report("a"));

        Assert.Equal(StatusCode.DeadlineExceeded, silent.StatusCode);
    }

    [Fact]
    public async Task More_replicas_than_allowed_are_turned_away()
    {
        await using var a = await PeerReplica.ConnectAsync(_gateway, "a");
        await using var b = await PeerReplica.ConnectAsync(_gateway, "b");
        await a.DesiredAsync(_ => true);
        await b.DesiredAsync(_ => true);

        var refused = await SendAsync(Report("c"));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
    }

    [Fact]
    public async Task A_replica_that_connects_again_takes_the_place_of_its_old_connection()
    {
        await using var old = await PeerReplica.ConnectAsync(_gateway, "a");
        await old.DesiredAsync(_ => true);
        await using var again = await PeerReplica.ConnectAsync(_gateway, "a");
        await again.DesiredAsync(_ => true);

        await old.ReportAsync(LoadState.Ready);
        var ended = await Assert.ThrowsAsync<RpcException>(() => old.Ended);
        await again.ReportAsync(LoadState.Ready, ("fraud", 1));

        Assert.Equal(StatusCode.Aborted, ended.StatusCode);
    }

    private async Task<RpcException> SendAsync(params ReplicaReport[] reports)
    {
        using var stream = new ServingState.ServingStateClient(_gateway.Channel).WatchDesiredState(RunningGateway.ServiceHeaders());
        foreach (var report in reports)
        {
            await stream.RequestStream.WriteAsync(report);
        }
        return await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await stream.ResponseStream.MoveNext(CancellationToken.None))
            {
            }
        });
    }

    private static ReplicaReport Report(string id) => new() { InstanceId = id, HttpAddress = "http://127.0.0.1:1", GrpcAddress = "http://127.0.0.1:2" };

    public sealed class Fixture(PostgresFixture postgres) : GatewayFixture(
        postgres, ("Gateway:Replicas:MaxReplicas", "2"), ("Gateway:Replicas:MaxVersionsPerReport", "3"), ("Gateway:Replicas:ReportTimeout", "00:00:02"));

    private static LoadedVersion Version(string model, long version) =>
        new() { Workspace = "default", Model = model, Version = version, State = LoadState.Ready };
}

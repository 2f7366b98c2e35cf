using ModelOps.Interop.Peers;

namespace ModelOps.Interop;

/// <summary>What a client that nobody here wrote must find at our server. The scenarios themselves are in the peer's language.</summary>
public abstract class PeerCallsOurServer<TPeer>(TPeer peer) : IClassFixture<TPeer>
    where TPeer : PeerClient
{
    protected TPeer Peer { get; } = peer;

    [Theory]
    [MemberData(nameof(Scenarios.EachKind), "messages", MemberType = typeof(Scenarios))]
    public Task Messages_arrive_whole_and_in_order(string scenario) => Peer.PlayAsync(scenario);

    [Theory]
    [MemberData(nameof(Scenarios.EachKind), "statuses", MemberType = typeof(Scenarios))]
    public Task Every_error_status_arrives_with_its_message(string scenario) => Peer.PlayAsync(scenario);

    [Theory]
    [MemberData(nameof(Scenarios.EachKind), "metadata", MemberType = typeof(Scenarios))]
    public Task Metadata_comes_back_in_headers_and_trailers(string scenario) => Peer.PlayAsync(scenario);

    [Theory]
    [MemberData(nameof(Scenarios.EachKind), "deadline", MemberType = typeof(Scenarios))]
    public Task A_deadline_ends_the_call_on_both_sides(string scenario) => Peer.PlayAsync(scenario);

    [Theory]
    [MemberData(nameof(Scenarios.EachKind), "cancellation", MemberType = typeof(Scenarios))]
    public Task Cancellation_ends_the_call_on_both_sides(string scenario) => Peer.PlayAsync(scenario);

    [Fact]
    public Task The_handler_sees_what_is_left_of_the_deadline() => Peer.PlayAsync("deadline is seen");

    [Fact]
    public Task An_unknown_method_is_unimplemented() => Peer.PlayAsync("unknown method");

    [Theory]
    [InlineData("large Unary")]
    [InlineData("large Duplex")]
    public Task Messages_of_20_MiB_go_both_ways(string scenario) => Peer.PlayAsync(scenario);

    [Theory]
    [InlineData("too large for the server")]
    [InlineData("too large for the client")]
    public Task A_message_over_the_limit_exhausts_a_resource(string scenario) => Peer.PlayAsync(scenario);

    [Fact]
    public async Task Messages_are_compressed_both_ways()
    {
        var before = Peer.Server.ResponseEncodings.Count(encoding => encoding == "gzip");

        await Peer.PlayAsync("gzip");

        Assert.Equal(before + Scenarios.Kinds.Count, Peer.Server.ResponseEncodings.Count(encoding => encoding == "gzip"));
    }

    [Fact]
    public Task A_thousand_calls_run_at_once_on_one_connection() => Peer.PlayAsync("a thousand at once");
}

public sealed class NodeCallsOurServer(NodeClient peer) : PeerCallsOurServer<NodeClient>(peer)
{
    [Theory]
    [InlineData("health of the server")]
    [InlineData("health of one service")]
    [InlineData("health of an unknown service")]
    [InlineData("health watched")]
    [InlineData("health watched of an unknown service")]
    public Task Health_is_what_the_health_checks_found(string scenario) => Peer.PlayAsync(scenario);

    [Theory]
    [MemberData(nameof(Scenarios.EachVersion), "lists services", MemberType = typeof(Scenarios))]
    [MemberData(nameof(Scenarios.EachVersion), "describes methods", MemberType = typeof(Scenarios))]
    [MemberData(nameof(Scenarios.EachVersion), "makes a callable client", MemberType = typeof(Scenarios))]
    [MemberData(nameof(Scenarios.EachVersion), "finds files", MemberType = typeof(Scenarios))]
    [MemberData(nameof(Scenarios.EachVersion), "finds extensions", MemberType = typeof(Scenarios))]
    [MemberData(nameof(Scenarios.EachVersion), "refuses unknown names", MemberType = typeof(Scenarios))]
    public Task Reflection_tells_a_stranger_how_to_call(string scenario) => Peer.PlayAsync(scenario);
}

public sealed class PythonCallsOurServer(PythonClient peer) : PeerCallsOurServer<PythonClient>(peer);

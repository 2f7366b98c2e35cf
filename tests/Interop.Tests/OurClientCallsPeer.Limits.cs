using Google.Protobuf;
using Grpc.Core;
using ModelOps.Interop.Server;
using ModelOps.Interop.V1;

namespace ModelOps.Interop;

/// <summary>Ends that come from outside the handler, and loads.</summary>
public abstract partial class OurClientCallsPeer<TPeer>
{
    [Theory, MemberData(nameof(Scenarios.KindsAlone), MemberType = typeof(Scenarios))]
    public async Task A_deadline_ends_the_call_on_both_sides(string kind)
    {
        var ping = new Ping { Text = Guid.NewGuid().ToString(), Wait = true };
        await WarmUpAsync(kind);

        var result = await _client.CallAsync(kind, ping, new CallOptions(deadline: In(TimeSpan.FromMilliseconds(500))));

        Assert.Equal(StatusCode.DeadlineExceeded, result.Status.StatusCode);
        await UntilTheServerSawAsync(ping.Text);
    }

    [Theory, MemberData(nameof(Scenarios.KindsAlone), MemberType = typeof(Scenarios))]
    public async Task Cancellation_ends_the_call_on_both_sides(string kind)
    {
        var ping = new Ping { Text = Guid.NewGuid().ToString(), Wait = true };
        await WarmUpAsync(kind);
        using var cancelling = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        var result = await _client.CallAsync(kind, ping, new CallOptions(cancellationToken: cancelling.Token));

        Assert.Equal(StatusCode.Cancelled, result.Status.StatusCode);
        await UntilTheServerSawAsync(ping.Text);
    }

    /// <summary>Connects and compiles first: a call that ends before the server has seen it is not seen to end there.</summary>
    private async Task WarmUpAsync(string kind) =>
        Assert.Equal(StatusCode.OK, (await _client.CallAsync(kind, new Ping { Text = "first" }, default)).Status.StatusCode);

    [Fact]
    public async Task Disposing_of_a_call_cancels_it()
    {
        var ping = new Ping { Text = Guid.NewGuid().ToString(), Wait = true };
        using (var call = _client.Echo.ServerStream(ping))
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        await UntilTheServerSawAsync(ping.Text);
    }

    [Fact]
    public async Task The_server_sees_what_is_left_of_the_deadline()
    {
        var result = await _client.CallAsync("Unary", new Ping(), new CallOptions(deadline: In(TimeSpan.FromSeconds(30))));

        Assert.InRange(result.Messages[0].RemainingMs, 20_000, 31_000);
    }

    [Theory, InlineData("Unary"), InlineData("Duplex")]
    public async Task Messages_of_20_MiB_go_both_ways(string kind)
    {
        var bytes = new byte[20 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        var data = UnsafeByteOperations.UnsafeWrap(bytes);

        var result = await _client.CallAsync(kind, new Ping { Data = data });

        Assert.Equal(StatusCode.OK, result.Status.StatusCode);
        Assert.True(data.Span.SequenceEqual(result.Data.Span));
    }

    [Fact]
    public async Task A_message_over_the_servers_limit_exhausts_a_resource()
    {
        var result = await _client.CallAsync("Unary", new Ping { Data = ByteString.CopyFrom(new byte[EchoServer.LargestMessage + 1]) });

        Assert.Equal(StatusCode.ResourceExhausted, result.Status.StatusCode);
    }

    [Fact]
    public async Task A_message_over_our_limit_exhausts_a_resource()
    {
        using var small = new OurClient(Peer.Address, maxReceive: 4 * 1024 * 1024);

        var result = await small.CallAsync("Unary", new Ping { Data = ByteString.CopyFrom(new byte[5 * 1024 * 1024]) });

        Assert.Equal(StatusCode.ResourceExhausted, result.Status.StatusCode);
    }

    [Theory, MemberData(nameof(Scenarios.KindsAlone), MemberType = typeof(Scenarios))]
    public async Task Compressed_requests_are_understood(string kind)
    {
        var data = ByteString.CopyFrom(new byte[1_000_000]);
        string[] encodings = ["gzip", "deflate"];

        foreach (var encoding in encodings)
        {
            var compressing = new Metadata { { "grpc-internal-encoding-request", encoding } };
            var result = await _client.CallAsync(kind, new Ping { Data = data, Count = 1 }, new CallOptions(compressing));

            Assert.Equal(StatusCode.OK, result.Status.StatusCode);
            Assert.Equal(data, result.Data);
        }
    }

    [Fact]
    public async Task A_thousand_calls_run_at_once_on_one_connection()
    {
        var ping = new Ping { Text = Guid.NewGuid().ToString(), Gate = 1000 };
        var options = new CallOptions(deadline: In(TimeSpan.FromSeconds(30)));
        // Until the server's settings have arrived, only 100 calls may go; a first call waits for them.
        await _client.CallAsync("Unary", new Ping());

        var results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => _client.CallAsync("Unary", ping, options)));

        Assert.DoesNotContain(results, result => result.Status.StatusCode != StatusCode.OK);
        Assert.Single(results.Select(result => result.Messages[0].Peer).Distinct());
    }

    private static DateTime In(TimeSpan time) => TimeProvider.System.GetUtcNow().UtcDateTime + time;
}

using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using ModelOps.Interop.Peers;
using ModelOps.Interop.V1;
using ModelOps.Testing;

namespace ModelOps.Interop;

/// <summary>What our client must find at a server that nobody here wrote.</summary>
public abstract partial class OurClientCallsPeer<TPeer>(TPeer peer) : IClassFixture<TPeer>, IDisposable
    where TPeer : PeerServer
{
    private static readonly string[] Texts = ["café ☕", "a", "b", "ünï", "%25", ""];

    private readonly OurClient _client = new(peer.Address);

    protected TPeer Peer { get; } = peer;

    public void Dispose()
    {
        _client.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_unary_call_returns_what_was_sent()
    {
        foreach (var text in Texts)
        {
            var result = await _client.CallAsync("Unary", new Ping { Text = text, Data = ByteString.CopyFromUtf8(text) });

            Assert.Equal((text, text, -1), (result.Messages[0].Text, result.Data.ToStringUtf8(), result.Messages[0].RemainingMs));
        }
    }

    [Theory, InlineData(0), InlineData(1), InlineData(200)]
    public async Task A_server_stream_arrives_in_order(int count)
    {
        var result = await _client.CallAsync("ServerStream", new Ping { Text = "s", Count = count });

        Assert.Equal(StatusCode.OK, result.Status.StatusCode);
        Assert.Equal(Enumerable.Range(0, count), result.Messages.Select(message => message.Index));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(6)]
    public async Task A_client_stream_arrives_in_order(int count)
    {
        var result = await _client.CallAsync("ClientStream", [.. Texts[..count].Select(text => new Ping { Text = text, Data = ByteString.CopyFromUtf8(text) })]);

        Assert.Equal((count, string.Join(',', Texts[..count])), (result.Messages[0].Index, result.Messages[0].Text));
        Assert.Equal(string.Concat(Texts[..count]), result.Data.ToStringUtf8());
    }

    [Fact]
    public async Task A_duplex_stream_holds_nothing_back()
    {
        using var call = _client.Echo.Duplex();
        for (var index = 0; index < 50; index++)
        {
            await call.RequestStream.WriteAsync(new Ping { Text = index.ToString(CultureInfo.InvariantCulture) });

            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(index, call.ResponseStream.Current.Index);
        }
        await call.RequestStream.CompleteAsync();

        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Theory, MemberData(nameof(Scenarios.KindsAlone), MemberType = typeof(Scenarios))]
    public async Task Every_error_status_arrives_with_its_message(string kind)
    {
        foreach (var code in Enum.GetValues<StatusCode>().Where(code => code != StatusCode.OK))
        {
            var message = $"Grund {(int)code}: 100% «ñ»\tübel\n☂";

            var result = await _client.CallAsync(kind, new Ping { StatusCode = (int)code, StatusMessage = message, Count = 2 });

            Assert.Equal((code, message), (result.Status.StatusCode, result.Status.Detail));
        }
    }

    [Theory, MemberData(nameof(Scenarios.KindsAlone), MemberType = typeof(Scenarios))]
    public async Task Metadata_comes_back_in_headers_and_trailers(string kind)
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        var sent = new Metadata { { "x-plain", "one two" }, { "x-many", "first" }, { "x-many", "second" }, { "x-data-bin", bytes }, { "x-empty-bin", [] } };
        foreach (var code in (StatusCode[])[StatusCode.OK, StatusCode.FailedPrecondition])
        {
            var result = await _client.CallAsync(kind, new Ping { EchoMetadata = true, Count = 1, StatusCode = (int)code }, new CallOptions(sent));

            Assert.Equal(code, result.Status.StatusCode);
            foreach (var (prefix, got) in (IEnumerable<(string, Metadata)>)[("x-", result.Headers), ("t-", result.Trailers)])
            {
                Assert.Equal("one two", got.GetValue(prefix + "plain"));
                Assert.Equal(["first", "second"], got.GetAll(prefix + "many").SelectMany(entry => entry.Value.Split(", ")));
                Assert.Equal(bytes, got.GetValueBytes(prefix + "data-bin"));
                Assert.Empty(got.GetValueBytes(prefix + "empty-bin")!);
            }
        }
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await _client.Echo.MissingAsync(new Ping()));

        Assert.Equal(StatusCode.Unimplemented, refused.StatusCode);
    }

    private Task UntilTheServerSawAsync(string text) => Poll.UntilAsync(
        "the server sees that the call was abandoned",
        async ct => (await _client.Echo.AbandonedAsync(new Ping { Text = text }, cancellationToken: ct)).Index == 1,
        TimeSpan.FromSeconds(5));
}

public sealed class OurClientCallsNode(NodeServer peer) : OurClientCallsPeer<NodeServer>(peer);

public sealed class OurClientCallsPython(PythonServer peer) : OurClientCallsPeer<PythonServer>(peer)
{
    [Theory, MemberData(nameof(Scenarios.KindsAlone), MemberType = typeof(Scenarios))]
    public async Task Compressed_answers_are_understood(string kind)
    {
        using var recorder = new AnswerRecorder();
        using var client = new OurClient(Peer.Address, handler: recorder);
        var data = ByteString.CopyFrom(new byte[1_000_000]);

        var result = await client.CallAsync(kind, new Ping { Data = data, Compress = true, Count = 1 });

        Assert.Equal(data, result.Data);
        Assert.Equal("gzip", recorder.Encoding);
    }

    /// <summary>Notes how the server encoded its answer, which metadata does not tell.</summary>
    private sealed class AnswerRecorder() : DelegatingHandler(new SocketsHttpHandler())
    {
        public string? Encoding { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            Encoding = response.Headers.TryGetValues("grpc-encoding", out var values) ? string.Join(',', values) : null;
            return response;
        }
    }
}

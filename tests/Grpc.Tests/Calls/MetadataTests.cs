using Grpc.Core;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Calls;

public sealed class MetadataTests
{
    private static readonly byte[] Bytes = [0, 1, 255, 128, 44];

    [Fact]
    public async Task Text_and_bytes_arrive_in_the_handler()
    {
        await using var server = await ProbeServer.StartAsync();
        Metadata? seen = null;
        server.Behavior.Unary = (request, context) =>
        {
            seen = context.RequestHeaders;
            return Task.FromResult(ProbeBehavior.Echo(request));
        };

        await server.Client.UnaryAsync(new ProbeRequest(), new Metadata { { "Name", "value" }, { "twice", "a" }, { "twice", "b" }, { "data-bin", Bytes } });

        Assert.Equal("value", seen!.GetValue("name"));
        Assert.Equal(["a", "b"], seen.GetAll("twice").SelectMany(entry => entry.Value.Split(", ")));
        Assert.Equal(Bytes, seen.GetValueBytes("data-bin"));
        Assert.DoesNotContain(seen, entry => entry.Key.StartsWith("grpc-", StringComparison.Ordinal) || entry.Key[0] == ':' || entry.Key == "te");
    }

    [Fact]
    public async Task Headers_come_before_the_first_message_and_trailers_after_the_last()
    {
        await using var server = await ProbeServer.StartAsync();
        var release = new Signal();
        server.Behavior.ServerStream = async (_, responses, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "early", "yes" }, { "early-bin", Bytes } });
            await release.WaitAsync();
            await responses.WriteAsync(new ProbeReply());
            context.ResponseTrailers.Add("late", "too");
            context.ResponseTrailers.Add("late-bin", Bytes);
        };

        using var call = server.Client.ServerStream(new ProbeRequest());
        var headers = await call.ResponseHeadersAsync.WaitAsync(Expect.Patience);
        release.Set();
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.False(await call.ResponseStream.MoveNext());

        Assert.Equal("yes", headers.GetValue("early"));
        Assert.Equal(Bytes, headers.GetValueBytes("early-bin"));
        Assert.Null(headers.Get("late"));
        Assert.Equal("too", call.GetTrailers().GetValue("late"));
        Assert.Equal(Bytes, call.GetTrailers().GetValueBytes("late-bin"));
        Assert.DoesNotContain(call.GetTrailers(), entry => entry.Key.StartsWith("grpc-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_unary_call_has_headers_and_trailers_too()
    {
        await using var server = await ProbeServer.StartAsync();
        server.Behavior.Unary = async (request, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "early", "yes" } });
            context.ResponseTrailers.Add("late", "too");
            return ProbeBehavior.Echo(request);
        };

        using var call = server.Client.UnaryAsync(new ProbeRequest());
        await call;

        Assert.Equal("yes", (await call.ResponseHeadersAsync).GetValue("early"));
        Assert.Equal("too", call.GetTrailers().GetValue("late"));
    }

    [Fact]
    public async Task Headers_can_be_sent_once()
    {
        await using var server = await ProbeServer.StartAsync();
        Exception? second = null;
        server.Behavior.Unary = async (request, context) =>
        {
            await context.WriteResponseHeadersAsync([]);
            second = await Record.ExceptionAsync(() => context.WriteResponseHeadersAsync([]));
            return ProbeBehavior.Echo(request);
        };

        await server.Client.UnaryAsync(new ProbeRequest());

        Assert.IsType<InvalidOperationException>(second);
    }

    [Fact]
    public async Task A_trailer_that_cannot_be_sent_does_not_hide_that_the_call_ended()
    {
        await using var server = await ProbeServer.StartAsync();
        server.Behavior.Unary = (request, context) =>
        {
            context.ResponseTrailers.Add("bad", "line\nbreak");
            return Task.FromResult(ProbeBehavior.Echo(request));
        };

        await Expect.FailureAsync(StatusCode.Internal, server.Client.UnaryAsync(new ProbeRequest()));
    }

    [Fact]
    public async Task A_header_that_cannot_be_sent_fails_the_call_at_once()
    {
        await using var server = await ProbeServer.StartAsync();

        await Expect.FailureAsync(StatusCode.Internal, server.Client.UnaryAsync(new ProbeRequest(), new Metadata { { "name", "zażółć" } }));
    }

    [Theory]
    [InlineData("AAH/gCw=")]
    [InlineData("AAH/gCw")]
    public async Task A_binary_header_may_be_padded_or_not(string base64)
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);
        byte[]? seen = null;
        server.Behavior.Unary = (request, context) =>
        {
            seen = context.RequestHeaders.GetValueBytes("data-bin");
            return Task.FromResult(ProbeBehavior.Echo(request));
        };

        await http.UnaryAsync(RawClient.Frame(new ProbeRequest()), headers => headers.Add("data-bin", base64));

        Assert.Equal(Bytes, seen);
    }

    [Fact]
    public async Task A_binary_header_that_is_not_base64_fails_the_call_that_reads_it()
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);
        server.Behavior.Unary = (_, context) => Task.FromResult(new ProbeReply { Count = context.RequestHeaders.Count });

        var answer = await http.UnaryAsync(RawClient.Frame(new ProbeRequest()), headers => headers.Add("data-bin", "!!!"));

        Assert.Equal(StatusCode.Internal, answer.Code);
        Assert.Contains("data-bin", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_lower_case_and_of_few_characters()
    {
        var entry = new Metadata.Entry("Mixed-Case", "value");

        Assert.Equal("mixed-case", entry.Key);
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("with space", "value"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("text-bin", "value"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("text", Bytes));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("a", "b"));
    }

    [Fact]
    public async Task The_handler_knows_who_calls_what()
    {
        await using var server = await ProbeServer.StartAsync();
        (string Method, string Host, string Peer) seen = default;
        server.Behavior.Unary = (request, context) =>
        {
            seen = (context.Method, context.Host, context.Peer);
            context.UserState["key"] = 1;
            Assert.Equal(1, context.GetHttpContext().Items["key"]);
            return Task.FromResult(ProbeBehavior.Echo(request));
        };

        await server.Client.UnaryAsync(new ProbeRequest());

        Assert.Equal("/modelops.grpc.tests.Probe/Unary", seen.Method);
        Assert.Equal(server.Address.Authority, seen.Host);
        Assert.StartsWith("ipv4:127.0.0.1:", seen.Peer, StringComparison.Ordinal);
    }
}

using Google.Protobuf;
using Grpc.Core;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Calls;

public sealed class CompressionTests
{
    private static readonly Metadata AskForGzip = new() { { "grpc-internal-encoding-request", "gzip" } };

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Requests_are_compressed_when_the_caller_asks_for_it(string encoding)
    {
        await using var server = await ProbeServer.StartAsync();
        string? seen = null;
        server.Behavior.Unary = (request, context) =>
        {
            seen = context.GetHttpContext().Request.Headers["grpc-encoding"];
            return Task.FromResult(ProbeBehavior.Echo(request));
        };
        var text = new string('x', 100_000);

        var reply = await server.Client.UnaryAsync(new ProbeRequest { Text = text }, new Metadata { { "grpc-internal-encoding-request", encoding } });

        Assert.Equal(encoding, seen);
        Assert.Equal(text, reply.Text);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Responses_are_compressed_when_the_server_says_so_and_the_caller_accepts_it(string encoding)
    {
        await using var server = await ProbeServer.StartAsync(options => options.ResponseCompressionAlgorithm = encoding);
        using var http = new RawClient(server.Address);
        var request = RawClient.Frame(new ProbeRequest { Text = new string('x', 100_000) });

        var reply = await server.Client.UnaryAsync(new ProbeRequest { Text = new string('x', 100_000) });
        var accepted = await http.UnaryAsync(request, headers => headers.Add("grpc-accept-encoding", "identity, " + encoding));
        var notAccepted = await http.UnaryAsync(request);

        Assert.Equal(100_000, reply.Text.Length);
        Assert.Equal((1, true), (accepted.Body[0], accepted.Body.Length < 10_000));
        Assert.Equal(encoding, accepted.Headers.GetValues("grpc-encoding").Single());
        Assert.Equal((0, true), (notAccepted.Body[0], notAccepted.Body.Length > 100_000));
        Assert.False(notAccepted.Headers.Contains("grpc-encoding"));
    }

    [Fact]
    public async Task Deflate_is_the_zlib_format_and_not_bare_deflate()
    {
        await using var server = await ProbeServer.StartAsync(options => options.ResponseCompressionAlgorithm = "deflate");
        using var http = new RawClient(server.Address);

        var answer = await http.UnaryAsync(
            RawClient.Frame(new ProbeRequest { Text = new string('x', 1_000) }), headers => headers.Add("grpc-accept-encoding", "deflate"));

        // The header of RFC 1950: method 8, and its two bytes are a multiple of 31.
        Assert.Equal(8, answer.Body[5] & 0x0F);
        Assert.Equal(0, ((answer.Body[5] << 8) | answer.Body[6]) % 31);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task An_answer_that_decompresses_beyond_the_limit_is_refused(string encoding)
    {
        await using var server = await ProbeServer.StartAsync(options => options.ResponseCompressionAlgorithm = encoding);
        var client = new Probe.ProbeClient(server.Channel(options => options.MaxReceiveMessageSize = 10_000));

        await Expect.FailureAsync(StatusCode.ResourceExhausted, client.UnaryAsync(new ProbeRequest { Text = new string('x', 100_000) }));
    }

    [Fact]
    public async Task An_empty_message_is_not_compressed()
    {
        await using var server = await ProbeServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");
        using var http = new RawClient(server.Address);
        server.Behavior.Unary = (_, _) => Task.FromResult(new ProbeReply());

        var answer = await http.UnaryAsync(RawClient.Frame(new ProbeRequest()), headers => headers.Add("grpc-accept-encoding", "gzip"));

        Assert.Equal(new byte[5], answer.Body);
    }

    [Fact]
    public async Task One_message_can_be_left_uncompressed()
    {
        await using var server = await ProbeServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");
        using var http = new RawClient(server.Address);
        server.Behavior.ServerStream = async (request, responses, _) =>
        {
            responses.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
            await responses.WriteAsync(new ProbeReply { Text = request.Text });
        };

        var answer = await http.SendAsync("ServerStream", RawClient.Frame(new ProbeRequest { Text = "plain" }), headers => headers.Add("grpc-accept-encoding", "gzip"));

        Assert.Equal(StatusCode.OK, answer.Code);
        Assert.Equal(0, answer.Body[0]);
    }

    [Fact]
    public async Task Streams_are_compressed_message_by_message()
    {
        await using var server = await ProbeServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");

        using var call = server.Client.Duplex(AskForGzip);
        for (var i = 0; i < 5; i++)
        {
            await call.RequestStream.WriteAsync(new ProbeRequest { Text = new string('y', 10_000), Count = i });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal((10_000, i), (call.ResponseStream.Current.Text.Length, call.ResponseStream.Current.Count));
        }
        await call.RequestStream.CompleteAsync();

        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task An_encoding_the_server_lacks_is_unimplemented_and_the_answer_lists_what_it_has()
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);

        var answer = await http.UnaryAsync(RawClient.Frame([1, 2, 3], flag: 1), headers => headers.Add("grpc-encoding", "snappy"));

        Assert.Equal(StatusCode.Unimplemented, answer.Code);
        Assert.Equal("identity,gzip,deflate", answer.Headers.GetValues("grpc-accept-encoding").Single());
    }

    [Fact]
    public async Task A_compressed_message_without_an_encoding_is_internal()
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);

        var answer = await http.UnaryAsync(RawClient.Frame([1, 2, 3], flag: 1));

        Assert.Equal(StatusCode.Internal, answer.Code);
    }

    [Theory]
    [InlineData("gzip", new byte[] { 9, 9, 9, 9 })]
    [InlineData("deflate", new byte[] { 9, 9, 9, 9 })]
    [InlineData("deflate", new byte[] { 0x78, 0xBB, 0, 0, 0, 1, 3, 0, 0, 0, 0, 1 })] // asks for a preset dictionary
    public async Task Bytes_that_are_not_what_the_encoding_says_are_internal(string encoding, byte[] payload)
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);

        var answer = await http.UnaryAsync(RawClient.Frame(payload, flag: 1), headers => headers.Add("grpc-encoding", encoding));

        Assert.Equal(StatusCode.Internal, answer.Code);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_compressed_message_that_is_cut_off_is_internal(string encoding)
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);
        var whole = RawClient.Compress(new ProbeRequest { Text = string.Join(' ', Enumerable.Range(0, 10_000)) }.ToByteArray(), encoding);

        var answer = await http.UnaryAsync(RawClient.Frame(whole[..(whole.Length / 2)], flag: 1), headers => headers.Add("grpc-encoding", encoding));

        Assert.Equal(StatusCode.Internal, answer.Code);
    }

    [Fact]
    public async Task An_encoding_the_client_lacks_is_said_before_anything_is_sent()
    {
        await using var server = await ProbeServer.StartAsync();

        await Expect.FailureAsync(
            StatusCode.Internal, server.Client.UnaryAsync(new ProbeRequest(), new Metadata { { "grpc-internal-encoding-request", "snappy" } }));
    }
}

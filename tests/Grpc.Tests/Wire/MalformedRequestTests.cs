using System.Net;
using Grpc.Core;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;
using ModelOps.Testing;

namespace ModelOps.Grpc.Tests.Wire;

public sealed class MalformedRequestTests
{
    public static TheoryData<string, byte[], StatusCode> Bodies => new()
    {
        { "nothing at all", [], StatusCode.Unimplemented },
        { "half a header", [0, 0, 0], StatusCode.Internal },
        { "a header and no message", [0, 0, 0, 0, 9], StatusCode.Internal },
        { "half a message", [0, 0, 0, 0, 9, 1, 2, 3], StatusCode.Internal },
        { "a flag without meaning", [2, 0, 0, 0, 0], StatusCode.Internal },
        { "a length of 4 GiB", [0, 255, 255, 255, 255], StatusCode.ResourceExhausted },
        { "a length of 2 GiB", [0, 128, 0, 0, 0, 1], StatusCode.ResourceExhausted },
        { "a byte over the limit", [0, 0, 64, 0, 1, 1], StatusCode.ResourceExhausted },
        { "bytes that are no protobuf", RawClient.Frame([255, 255, 255, 255]), StatusCode.Internal },
        { "two messages", [.. RawClient.Frame(new ProbeRequest()), .. RawClient.Frame(new ProbeRequest())], StatusCode.Unimplemented },
        { "a message and half another", [.. RawClient.Frame(new ProbeRequest()), 0, 0], StatusCode.Unimplemented },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_malformed_unary_request_gets_the_status_the_protocol_names(string what, byte[] body, StatusCode code)
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);
        using var active = new ActiveCalls(server);

        var answer = await http.UnaryAsync(body);

        Assert.True(answer.Code == code, $"{what}: {answer.Code} {answer.Message}");
        Assert.Equal((HttpStatusCode.OK, true), (answer.HttpStatus, answer.TrailersOnly));
        await Poll.UntilAsync("no call is left", () => active.Server == 0);
        Assert.Equal(StatusCode.OK, (await http.UnaryAsync(RawClient.Frame(new ProbeRequest()))).Code);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0 }, StatusCode.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }, StatusCode.Internal)]
    [InlineData(new byte[] { 7, 0, 0, 0, 0 }, StatusCode.Internal)]
    [InlineData(new byte[] { 0, 255, 0, 0, 0 }, StatusCode.ResourceExhausted)]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 255, 255 }, StatusCode.Internal)]
    public async Task A_malformed_stream_fails_after_its_good_messages(byte[] tail, StatusCode code)
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);

        var answer = await http.SendAsync("Duplex", [.. RawClient.Frame(new ProbeRequest { Text = "good" }), .. tail]);

        Assert.Equal((code, 1), (answer.Code, answer.Messages));
    }

    [Fact]
    public async Task An_empty_stream_is_well_formed()
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);

        var answer = await http.SendAsync("ClientStream", []);

        Assert.Equal((StatusCode.OK, 1), (answer.Code, answer.Messages));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/grpcx")]
    [InlineData("text/plain")]
    public async Task Another_content_type_is_refused_by_HTTP(string? contentType)
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);
        var request = new HttpRequestMessage(HttpMethod.Post, "/modelops.grpc.tests.Probe/Unary") { Content = new ByteArrayContent(RawClient.Frame(new ProbeRequest())) };

        var answer = await http.SendAsync(request, contentType: contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.HttpStatus);
        Assert.Equal(StatusCode.Internal, answer.Code);
    }

    [Theory]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc;charset=utf-8")]
    [InlineData("APPLICATION/GRPC")]
    public async Task A_gRPC_content_type_may_say_more(string contentType)
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);
        var request = new HttpRequestMessage(HttpMethod.Post, "/modelops.grpc.tests.Probe/Unary") { Content = new ByteArrayContent(RawClient.Frame(new ProbeRequest())) };

        var answer = await http.SendAsync(request, contentType: contentType);

        Assert.Equal(StatusCode.OK, answer.Code);
    }

    [Fact]
    public async Task Another_HTTP_method_is_refused_by_HTTP()
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);
        var request = new HttpRequestMessage(HttpMethod.Put, "/modelops.grpc.tests.Probe/Unary") { Content = new ByteArrayContent(RawClient.Frame(new ProbeRequest())) };

        var answer = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.HttpStatus);
    }

    [Fact]
    public async Task HTTP_1_is_told_to_upgrade()
    {
        await using var server = await ProbeServer.StartAsync(listen: endpoint => endpoint.Protocols = Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1);
        using var http = new HttpClient();
        using var content = new ByteArrayContent(RawClient.Frame(new ProbeRequest()));
        content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");

        using var response = await http.PostAsync(new Uri(server.Address, "/modelops.grpc.tests.Probe/Unary"), content);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Equal("13", response.Headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task A_request_that_is_never_finished_ends_at_its_deadline()
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);
        using var active = new ActiveCalls(server);
        using var content = new UnfinishedContent([0, 0, 0, 0, 9, 1, 2]);
        var request = new HttpRequestMessage(HttpMethod.Post, "/modelops.grpc.tests.Probe/Unary") { Content = content };

        var answer = await http.SendAsync(request, headers => headers.Add("grpc-timeout", "200m"));

        Assert.Equal(StatusCode.DeadlineExceeded, answer.Code);
        await Poll.UntilAsync("no call is left", () => active.Server == 0);
    }

    [Fact]
    public async Task A_handler_that_does_not_read_its_stream_still_answers()
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);
        using var active = new ActiveCalls(server);
        using var content = new UnfinishedContent(RawClient.Frame(new ProbeRequest()));
        server.Behavior.ClientStream = (_, _) => Task.FromResult(new ProbeReply { Text = "early" });
        var request = new HttpRequestMessage(HttpMethod.Post, "/modelops.grpc.tests.Probe/ClientStream") { Content = content };

        var answer = await http.SendAsync(request);

        Assert.Equal((StatusCode.OK, 1), (answer.Code, answer.Messages));
        await Poll.UntilAsync("no call is left", () => active.Server == 0);
    }
}

using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Wire;

/// <summary>The client against servers that are not what they should be.</summary>
public sealed class MalformedResponseTests
{
    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(418, StatusCode.Unknown)]
    [InlineData(302, StatusCode.Unknown)]
    public async Task An_HTTP_error_becomes_the_status_the_protocol_names(int http, StatusCode code)
    {
        await using var server = await AnsweringAsync(context =>
        {
            context.Response.StatusCode = http;
            return Task.CompletedTask;
        });

        var failure = await Expect.FailureAsync(code, server.Client.UnaryAsync(new ProbeRequest()));

        Assert.Equal($"Bad gRPC response. HTTP status code: {http}", failure.Status.Detail);
    }

    [Fact]
    public async Task A_status_in_the_headers_wins_over_the_HTTP_status()
    {
        await using var server = await AnsweringAsync(context =>
        {
            context.Response.StatusCode = 404;
            context.Response.Headers["grpc-status"] = "9";
            context.Response.Headers["grpc-message"] = "not%20yet";
            context.Response.Headers["extra"] = "kept";
            return Task.CompletedTask;
        });

        var failure = await Expect.FailureAsync(StatusCode.FailedPrecondition, server.Client.UnaryAsync(new ProbeRequest()));

        Assert.Equal("not yet", failure.Status.Detail);
        Assert.Equal("kept", failure.Trailers.GetValue("extra"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/html")]
    public async Task Another_content_type_is_unknown(string? contentType)
    {
        await using var server = await AnsweringAsync(async context =>
        {
            context.Response.ContentType = contentType;
            await context.Response.Body.WriteAsync("<html>"u8.ToArray());
        });

        await Expect.FailureAsync(StatusCode.Unknown, server.Client.UnaryAsync(new ProbeRequest()));
    }

    public static TheoryData<string, byte[], string?, StatusCode> Bodies => new()
    {
        { "no message, no trailers", [], null, StatusCode.Unknown },
        { "a message, no trailers", RawClient.Frame(new ProbeReply()), null, StatusCode.Unknown },
        { "no message but OK", [], "0", StatusCode.Unimplemented },
        { "two messages", [.. RawClient.Frame(new ProbeReply()), .. RawClient.Frame(new ProbeReply())], "0", StatusCode.Unimplemented },
        { "half a header", [0, 0], "0", StatusCode.Internal },
        { "half a message", [0, 0, 0, 0, 9, 1], "0", StatusCode.Internal },
        { "a flag without meaning", [3, 0, 0, 0, 0], "0", StatusCode.Internal },
        { "a length of 4 GiB", [0, 255, 255, 255, 255, 1], "0", StatusCode.ResourceExhausted },
        { "bytes that are no protobuf", RawClient.Frame([255, 255, 255]), "0", StatusCode.Internal },
        { "compressed by nobody knows what", RawClient.Frame([1, 2], flag: 1), "0", StatusCode.Internal },
        { "a code nobody knows", RawClient.Frame(new ProbeReply()), "99", StatusCode.Unknown },
        { "a code that is no number", RawClient.Frame(new ProbeReply()), "ok", StatusCode.Unknown },
        { "a message and an error", RawClient.Frame(new ProbeReply()), "10", StatusCode.Aborted },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_malformed_response_gets_the_status_the_protocol_names(string what, byte[] body, string? status, StatusCode code)
    {
        await using var server = await AnsweringAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.StartAsync();
            await context.Response.Body.WriteAsync(body);
            if (status is not null)
            {
                context.Response.AppendTrailer("grpc-status", status);
            }
        });
        using var active = new ActiveCalls(server);

        var exception = await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryAsync(new ProbeRequest()).ResponseAsync.WaitAsync(Expect.Patience));

        Assert.True(code == exception.StatusCode, $"{what}: {exception.Status}");
        await Testing.Poll.UntilAsync("no call is left", () => active is { Server: 0, Client: 0 });
    }

    [Theory]
    [InlineData(0x2, StatusCode.Internal)]
    [InlineData(0x8, StatusCode.Cancelled)]
    [InlineData(0xb, StatusCode.ResourceExhausted)]
    [InlineData(0xc, StatusCode.PermissionDenied)]
    public async Task A_reset_in_the_middle_becomes_the_status_the_protocol_names(int error, StatusCode code)
    {
        await using var server = await AnsweringAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.StartAsync();
            await context.Response.Body.WriteAsync(RawClient.Frame(new ProbeReply { Text = "first" }));
            await context.Response.Body.FlushAsync();
            await context.Request.Body.ReadExactlyAsync(new byte[5]);
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(error);
        });

        using var call = server.Client.Duplex();
        await call.RequestStream.WriteAsync(new ProbeRequest());
        async Task ReadAllAsync()
        {
            while (await call.ResponseStream.MoveNext())
            {
                Assert.Equal("first", call.ResponseStream.Current.Text);
            }
        }

        await Expect.FailureAsync(code, ReadAllAsync());
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        await using var server = await ProbeServer.StartAsync();
        var client = server.Client;
        await client.UnaryAsync(new ProbeRequest());
        await server.StopAsync();

        await Expect.FailureAsync(StatusCode.Unavailable, client.UnaryAsync(new ProbeRequest()));
        using var stream = client.ServerStream(new ProbeRequest());
        await Expect.FailureAsync(StatusCode.Unavailable, stream.ResponseStream.MoveNext());
        using var duplex = client.Duplex();
        await Expect.FailureAsync(StatusCode.Unavailable, duplex.RequestStream.WriteAsync(new ProbeRequest()));
        await Expect.FailureAsync(StatusCode.Unavailable, duplex.ResponseHeadersAsync);
    }

    [Fact]
    public async Task A_connection_lost_in_the_middle_is_unavailable()
    {
        await using var server = await ProbeServer.StartAsync();
        var begun = new Signal();
        server.Behavior.ServerStream = async (_, responses, context) =>
        {
            await responses.WriteAsync(new ProbeReply());
            begun.Set();
            await Signal.On(context.CancellationToken).WaitAsync();
        };
        using var call = server.Client.ServerStream(new ProbeRequest());
        Assert.True(await call.ResponseStream.MoveNext());
        await begun.WaitAsync();

        server.AbortConnections();

        await Expect.FailureAsync(StatusCode.Unavailable, call.ResponseStream.MoveNext());
    }

    private static Task<ProbeServer> AnsweringAsync(RequestDelegate answer) => ProbeServer.StartAsync(pipeline: app => app.Run(answer));
}

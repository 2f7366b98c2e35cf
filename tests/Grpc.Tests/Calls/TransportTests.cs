using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;
using ModelOps.Testing;

namespace ModelOps.Grpc.Tests.Calls;

public sealed class TransportTests
{
    [Fact]
    public async Task Calls_and_credentials_go_over_TLS()
    {
        using var certificate = Certificates.SelfSigned("localhost");
        await using var server = await ProbeServer.StartAsync(listen: endpoint => endpoint.UseHttps(certificate));
        string? token = null;
        server.Behavior.Unary = (request, context) =>
        {
            token = context.RequestHeaders.GetValue("authorization");
            return Task.FromResult(ProbeBehavior.Echo(request));
        };
        var credentials = CallCredentials.FromInterceptor((_, metadata) =>
        {
            metadata.Add("authorization", "Bearer 1");
            return Task.CompletedTask;
        });
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == certificate.GetCertHashString();
        var client = new Probe.ProbeClient(server.Channel(options =>
        {
            options.HttpHandler = handler;
            options.Credentials = ChannelCredentials.Create(ChannelCredentials.SecureSsl, credentials);
        }));

        var reply = await client.UnaryAsync(new ProbeRequest { Text = "secret" });
        using var duplex = client.Duplex();
        await duplex.RequestStream.WriteAsync(new ProbeRequest { Text = "again" });
        Assert.True(await duplex.ResponseStream.MoveNext());

        Assert.Equal(("secret", "Bearer 1"), (reply.Text, token));
    }

    [Fact]
    public async Task A_certificate_nobody_knows_makes_the_server_unavailable()
    {
        using var certificate = Certificates.SelfSigned("localhost");
        await using var server = await ProbeServer.StartAsync(listen: endpoint => endpoint.UseHttps(certificate));

        await Expect.FailureAsync(StatusCode.Unavailable, server.Client.UnaryAsync(new ProbeRequest()));
    }

    [Fact]
    public async Task A_thousand_calls_share_one_connection()
    {
        await using var server = await ProbeServer.StartAsync(kestrel: options => options.Limits.Http2.MaxStreamsPerConnection = 2000);
        using var active = new ActiveCalls(server);
        // The first answer tells the client how many streams the connection takes; until then it counts on 100.
        await server.Client.UnaryAsync(new ProbeRequest());
        var (waiting, allWait) = (0, new Signal());
        server.Behavior.Unary = async (request, _) =>
        {
            if (Interlocked.Increment(ref waiting) == 1000)
            {
                allWait.Set();
            }
            await allWait.WaitAsync();
            return ProbeBehavior.Echo(request);
        };

        var replies = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => server.Client.UnaryAsync(new ProbeRequest { Count = i }).ResponseAsync));

        Assert.Equal(Enumerable.Range(0, 1000), replies.Select(reply => reply.Count));
        Assert.Equal(1, server.ConnectionsSeen);
        await Poll.UntilAsync("no call is left", () => active is { Server: 0, Client: 0 });
    }

    [Fact]
    public async Task More_calls_than_a_connection_carries_open_another()
    {
        await using var server = await ProbeServer.StartAsync(kestrel: options => options.Limits.Http2.MaxStreamsPerConnection = 10);
        var (waiting, allWait) = (0, new Signal());
        server.Behavior.Unary = async (request, _) =>
        {
            if (Interlocked.Increment(ref waiting) == 25)
            {
                allWait.Set();
            }
            await allWait.WaitAsync();
            return ProbeBehavior.Echo(request);
        };

        await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => server.Client.UnaryAsync(new ProbeRequest()).ResponseAsync));

        Assert.True(server.ConnectionsSeen >= 3);
    }

    [Fact]
    public async Task A_given_HttpClient_streams_too()
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new HttpClient();
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { HttpClient = http });
        var release = new Signal();
        server.Behavior.ServerStream = async (_, responses, _) =>
        {
            await responses.WriteAsync(new ProbeReply());
            await release.WaitAsync();
        };

        using var call = new Probe.ProbeClient(channel).ServerStream(new ProbeRequest());

        Assert.True(await call.ResponseStream.MoveNext());
        release.Set();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task The_trace_of_the_caller_reaches_the_handler()
    {
        await using var server = await ProbeServer.StartAsync();
        string? seen = null;
        server.Behavior.Unary = (request, context) =>
        {
            seen = context.RequestHeaders.GetValue("traceparent");
            return Task.FromResult(ProbeBehavior.Echo(request));
        };
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();

        await server.Client.UnaryAsync(new ProbeRequest());

        Assert.StartsWith($"00-{activity.TraceId}-", seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://localhost")]
    [InlineData("dns:///localhost")]
    public void Only_http_and_https_are_addresses(string address) =>
        Assert.Throws<InvalidOperationException>(() => GrpcChannel.ForAddress(address));

    [Fact]
    public async Task Using_a_stream_wrongly_says_so()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.Duplex();

        var first = call.ResponseStream.MoveNext();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.ResponseStream.MoveNext());
        await call.RequestStream.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new ProbeRequest()));

        Assert.False(await first.WaitAsync(Expect.Patience));
        Assert.False(await call.ResponseStream.MoveNext());
    }
}

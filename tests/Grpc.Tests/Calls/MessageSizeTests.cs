using Google.Protobuf;
using Grpc.Core;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Calls;

public sealed class MessageSizeTests
{
    private const int MiB = 1024 * 1024;

    [Fact]
    public async Task The_server_takes_4_MiB_and_not_a_byte_more()
    {
        await using var server = await ProbeServer.StartAsync();
        server.Behavior.Unary = (request, _) => Task.FromResult(new ProbeReply { Count = request.Payload.Length });

        var reply = await server.Client.UnaryAsync(OfSize(4 * MiB));
        var failure = await Expect.FailureAsync(StatusCode.ResourceExhausted, server.Client.UnaryAsync(OfSize((4 * MiB) + 1)));

        Assert.True(reply.Count > (4 * MiB) - 10);
        Assert.Equal("Received message exceeds the maximum configured message size.", failure.Status.Detail);
    }

    [Fact]
    public async Task The_client_takes_4_MiB_and_not_a_byte_more()
    {
        await using var server = await ProbeServer.StartAsync();
        server.Behavior.Unary = (request, _) => Task.FromResult(ProbeBehavior.Echo(OfSize(request.Count)));

        var reply = await server.Client.UnaryAsync(new ProbeRequest { Count = 4 * MiB });
        var failure = await Expect.FailureAsync(StatusCode.ResourceExhausted, server.Client.UnaryAsync(new ProbeRequest { Count = (4 * MiB) + 1 }));

        Assert.Equal(4 * MiB, reply.CalculateSize());
        Assert.Equal("Received message exceeds the maximum configured message size.", failure.Status.Detail);
    }

    [Fact]
    public async Task Both_sides_can_be_told_to_take_more()
    {
        await using var server = await ProbeServer.StartAsync(options => options.MaxReceiveMessageSize = null);
        var client = new Probe.ProbeClient(server.Channel(options => options.MaxReceiveMessageSize = 64 * MiB));
        var request = OfSize(40 * MiB);

        var reply = await client.UnaryAsync(request);

        Assert.Equal(request.Payload, reply.Payload);
    }

    [Fact]
    public async Task Neither_side_sends_more_than_it_may()
    {
        await using var server = await ProbeServer.StartAsync(options => options.MaxSendMessageSize = 100);
        var limited = new Probe.ProbeClient(server.Channel(options => options.MaxSendMessageSize = 200));

        var answer = await Expect.FailureAsync(StatusCode.ResourceExhausted, server.Client.UnaryAsync(OfSize(101)));
        var request = await Expect.FailureAsync(StatusCode.ResourceExhausted, limited.UnaryAsync(OfSize(201)));
        await server.Client.UnaryAsync(OfSize(100));

        Assert.All([answer, request], failure => Assert.Equal("Sending message exceeds the maximum configured message size.", failure.Status.Detail));
    }

    [Fact]
    public async Task One_service_can_take_another_size_than_the_rest()
    {
        await using var server = await ProbeServer.StartAsync(
            options => options.MaxReceiveMessageSize = MiB,
            builder => Microsoft.Extensions.DependencyInjection.GrpcServicesExtensions.AddServiceOptions<ProbeService>(
                Microsoft.Extensions.DependencyInjection.GrpcServicesExtensions.AddGrpc(builder.Services), options => options.MaxReceiveMessageSize = 100));

        await Expect.FailureAsync(StatusCode.ResourceExhausted, server.Client.UnaryAsync(OfSize(101)));
    }

    [Fact]
    public async Task Large_messages_stream_both_ways()
    {
        await using var server = await ProbeServer.StartAsync();
        var request = OfSize(3 * MiB);

        using var call = server.Client.Duplex();
        for (var i = 0; i < 10; i++)
        {
            await call.RequestStream.WriteAsync(request);
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(request.Payload, call.ResponseStream.Current.Payload);
        }
        await call.RequestStream.CompleteAsync();

        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task An_empty_message_is_a_message()
    {
        await using var server = await ProbeServer.StartAsync();

        var reply = await server.Client.UnaryAsync(new ProbeRequest());

        Assert.Equal(0, reply.CalculateSize());
    }

    /// <summary>A request of exactly that many bytes.</summary>
    private static ProbeRequest OfSize(int size)
    {
        var request = new ProbeRequest { Payload = ByteString.CopyFrom(new byte[size]) };
        var random = new byte[size - (request.CalculateSize() - size)];
        new Random(7).NextBytes(random);
        request.Payload = UnsafeByteOperations.UnsafeWrap(random);
        Assert.Equal(size, request.CalculateSize());
        return request;
    }
}

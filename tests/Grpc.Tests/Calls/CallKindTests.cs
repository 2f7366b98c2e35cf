using Grpc.Core;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Calls;

public sealed class CallKindTests
{
    [Fact]
    public async Task A_unary_call_gets_its_reply()
    {
        await using var server = await ProbeServer.StartAsync();

        var reply = await server.Client.UnaryAsync(new ProbeRequest { Text = "hello", Count = 3 });

        Assert.Equal(new ProbeReply { Text = "hello", Count = 3 }, reply);
    }

    [Fact]
    public async Task A_client_stream_gets_one_reply_for_all_its_messages()
    {
        await using var server = await ProbeServer.StartAsync();

        using var call = server.Client.ClientStream();
        foreach (var text in (string[])["a", "b", "c"])
        {
            await call.RequestStream.WriteAsync(new ProbeRequest { Text = text });
        }
        await call.RequestStream.CompleteAsync();
        var reply = await call;

        Assert.Equal(new ProbeReply { Text = "a,b,c", Count = 3 }, reply);
    }

    [Fact]
    public async Task A_server_stream_brings_all_messages_in_order()
    {
        await using var server = await ProbeServer.StartAsync();

        using var call = server.Client.ServerStream(new ProbeRequest { Text = "x", Count = 100 });
        var counts = new List<int>();
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
        {
            counts.Add(reply.Count);
        }

        Assert.Equal(Enumerable.Range(0, 100), counts);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_duplex_call_answers_each_message_before_the_next_is_sent()
    {
        await using var server = await ProbeServer.StartAsync();

        using var call = server.Client.Duplex();
        for (var i = 0; i < 10; i++)
        {
            await call.RequestStream.WriteAsync(new ProbeRequest { Count = i });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(i, call.ResponseStream.Current.Count);
        }
        await call.RequestStream.CompleteAsync();

        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task A_blocking_call_gets_its_reply()
    {
        await using var server = await ProbeServer.StartAsync();

        var reply = server.Client.Unary(new ProbeRequest { Text = "hello" });

        Assert.Equal("hello", reply.Text);
    }
}

using Grpc.Core;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;
using ModelOps.Testing;

namespace ModelOps.Grpc.Tests.Calls;

public sealed class CancellationTests
{
    [Fact]
    public async Task Cancelling_a_unary_call_reaches_the_handler_and_leaves_no_call()
    {
        await using var server = await ProbeServer.StartAsync();
        using var active = new ActiveCalls(server);
        using var cancel = new CancellationTokenSource();
        var (started, cancelled) = (new Signal(), new Signal());
        server.Behavior.Unary = async (_, context) =>
        {
            var stop = Signal.On(context.CancellationToken);
            started.Set();
            await stop.WaitAsync();
            cancelled.Set();
            throw new OperationCanceledException();
        };

        var call = server.Client.UnaryAsync(new ProbeRequest(), cancellationToken: cancel.Token);
        await started.WaitAsync();
        await cancel.CancelAsync();

        await Expect.FailureAsync(StatusCode.Cancelled, call);
        await cancelled.WaitAsync();
        await Poll.UntilAsync("no call is left", () => active is { Server: 0, Client: 0 });
    }

    [Fact]
    public async Task Disposing_of_a_stream_reaches_the_handler_and_leaves_no_call()
    {
        await using var server = await ProbeServer.StartAsync();
        using var active = new ActiveCalls(server);
        var cancelled = new Signal();
        server.Behavior.ServerStream = async (_, responses, context) =>
        {
            await responses.WriteAsync(new ProbeReply(), CancellationToken.None);
            await Signal.On(context.CancellationToken).WaitAsync();
            cancelled.Set();
        };

        using (var call = server.Client.ServerStream(new ProbeRequest()))
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        await cancelled.WaitAsync();
        await Poll.UntilAsync("no call is left", () => active is { Server: 0, Client: 0 });
    }

    [Fact]
    public async Task Cancelling_a_read_ends_the_call_on_both_sides()
    {
        await using var server = await ProbeServer.StartAsync();
        using var cancel = new CancellationTokenSource();
        var (started, cancelled) = (new Signal(), new Signal());
        server.Behavior.Duplex = async (_, _, context) =>
        {
            var stop = Signal.On(context.CancellationToken);
            started.Set();
            await stop.WaitAsync();
            cancelled.Set();
        };

        using var call = server.Client.Duplex();
        var read = call.ResponseStream.MoveNext(cancel.Token);
        await started.WaitAsync();
        await cancel.CancelAsync();

        await Expect.FailureAsync(StatusCode.Cancelled, read);
        await cancelled.WaitAsync();
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_handler_waiting_for_requests_is_woken_when_the_client_goes_away()
    {
        await using var server = await ProbeServer.StartAsync();
        using var active = new ActiveCalls(server);
        Exception? seen = null;
        var received = new Signal();
        server.Behavior.ClientStream = async (requests, _) =>
        {
            Assert.True(await requests.MoveNext());
            received.Set();
            seen = await Record.ExceptionAsync(() => requests.MoveNext());
            throw seen!;
        };

        using (var call = server.Client.ClientStream())
        {
            await call.RequestStream.WriteAsync(new ProbeRequest());
            await received.WaitAsync();
        }

        await Poll.UntilAsync("the handler was woken", () => seen is not null);
        await Poll.UntilAsync("no call is left", () => active is { Server: 0, Client: 0 });
    }

    [Fact]
    public async Task A_handler_that_writes_for_ever_is_stopped_when_the_client_goes_away()
    {
        await using var server = await ProbeServer.StartAsync();
        using var active = new ActiveCalls(server);
        server.Behavior.ServerStream = async (_, responses, _) =>
        {
            while (true)
            {
                await responses.WriteAsync(new ProbeReply { Text = new string('x', 1000) }, CancellationToken.None);
            }
        };

        using (var call = server.Client.ServerStream(new ProbeRequest()))
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        await Poll.UntilAsync("no call is left", () => active is { Server: 0, Client: 0 });
    }

    [Fact]
    public async Task Disposing_of_the_channel_ends_its_calls()
    {
        await using var server = await ProbeServer.StartAsync();
        using var active = new ActiveCalls(server);
        var channel = server.Channel();
        server.Behavior.Unary = async (_, context) =>
        {
            await Signal.On(context.CancellationToken).WaitAsync();
            throw new OperationCanceledException();
        };

        var call = new Probe.ProbeClient(channel).UnaryAsync(new ProbeRequest());
        await Poll.UntilAsync("the call has begun", () => active.Server == 1);
        channel.Dispose();

        await Expect.FailureAsync(StatusCode.Cancelled, call);
        await Poll.UntilAsync("no call is left", () => active is { Server: 0, Client: 0 });
        Assert.Throws<ObjectDisposedException>(() => new Probe.ProbeClient(channel));
    }

    [Fact]
    public async Task A_channel_can_throw_OperationCanceledException_instead()
    {
        await using var server = await ProbeServer.StartAsync();
        using var cancel = new CancellationTokenSource();
        var client = new Probe.ProbeClient(server.Channel(options => options.ThrowOperationCanceledOnCancellation = true));
        await cancel.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await client.UnaryAsync(new ProbeRequest(), cancellationToken: cancel.Token));

        Assert.Equal(cancel.Token, exception.CancellationToken);
    }

    [Fact]
    public async Task A_token_cancelled_before_the_call_fails_it_without_a_request()
    {
        await using var server = await ProbeServer.StartAsync();

        var call = server.Client.UnaryAsync(new ProbeRequest(), cancellationToken: new CancellationToken(canceled: true));

        await Expect.FailureAsync(StatusCode.Cancelled, call);
    }
}

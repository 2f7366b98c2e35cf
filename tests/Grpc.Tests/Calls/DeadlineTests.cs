using System.Net;
using Grpc.Core;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Calls;

public sealed class DeadlineTests
{
    [Fact]
    public async Task The_client_gives_up_at_the_deadline_and_the_handler_is_told()
    {
        await using var server = await ProbeServer.StartAsync();
        await server.Client.UnaryAsync(new ProbeRequest()); // so that no time of the deadline goes into connecting and compiling
        var cancelled = new Signal();
        server.Behavior.Unary = async (_, context) =>
        {
            await Signal.On(context.CancellationToken).WaitAsync();
            cancelled.Set();
            throw new OperationCanceledException();
        };

        await Expect.FailureAsync(StatusCode.DeadlineExceeded, server.Client.UnaryAsync(new ProbeRequest(), deadline: After(500)));

        await cancelled.WaitAsync();
    }

    [Fact]
    public async Task The_server_answers_at_the_deadline_although_the_handler_ignores_it()
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);
        using var active = new ActiveCalls(server);
        var release = new Signal();
        server.Behavior.Unary = async (request, _) =>
        {
            await release.WaitAsync();
            return ProbeBehavior.Echo(request);
        };

        // A raw client has no deadline of its own: only the server can end this call.
        var answer = await http.UnaryAsync(RawClient.Frame(new ProbeRequest()), headers => headers.Add("grpc-timeout", "100m")).WaitAsync(Expect.Patience);

        Assert.Equal((StatusCode.DeadlineExceeded, HttpStatusCode.OK), (answer.Code, answer.HttpStatus));
        release.Set();
        await Testing.Poll.UntilAsync("the call has ended", () => active.Server == 0);
    }

    [Fact]
    public async Task A_stream_that_began_ends_with_the_deadline_in_its_trailers()
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);
        var release = new Signal();
        Exception? late = null;
        server.Behavior.ServerStream = async (_, responses, _) =>
        {
            await responses.WriteAsync(new ProbeReply { Text = "one" }, CancellationToken.None);
            await release.WaitAsync();
            late = await Record.ExceptionAsync(() => responses.WriteAsync(new ProbeReply { Text = "late" }, CancellationToken.None));
        };

        var answer = await http.SendAsync("ServerStream", RawClient.Frame(new ProbeRequest()), headers => headers.Add("grpc-timeout", "100m"))
            .WaitAsync(Expect.Patience);
        release.Set();

        Assert.Equal(StatusCode.DeadlineExceeded, answer.Code);
        Assert.Equal(1, answer.Messages);
        await Testing.Poll.UntilAsync("the late write was refused", () => late is InvalidOperationException);
    }

    [Fact]
    public async Task The_handler_sees_the_deadline_its_caller_set()
    {
        await using var server = await ProbeServer.StartAsync();
        DateTime seen = default;
        server.Behavior.Unary = (request, context) =>
        {
            seen = context.Deadline;
            return Task.FromResult(ProbeBehavior.Echo(request));
        };
        var deadline = After(60_000);

        await server.Client.UnaryAsync(new ProbeRequest(), deadline: deadline);

        Assert.InRange(seen, deadline.AddSeconds(-5), deadline.AddSeconds(5));
        await server.Client.UnaryAsync(new ProbeRequest());
        Assert.Equal(DateTime.MaxValue, seen);
    }

    [Fact]
    public async Task A_deadline_in_the_past_fails_without_a_call()
    {
        await using var server = await ProbeServer.StartAsync();
        var called = false;
        server.Behavior.Unary = (request, _) =>
        {
            called = true;
            return Task.FromResult(ProbeBehavior.Echo(request));
        };

        await Expect.FailureAsync(StatusCode.DeadlineExceeded, server.Client.UnaryAsync(new ProbeRequest(), deadline: After(-1000)));

        Assert.False(called);
    }

    [Theory]
    [InlineData("100000000m", "nine digits")]
    [InlineData("10", "no unit")]
    [InlineData("10x", "an unknown unit")]
    [InlineData("-1S", "a sign")]
    [InlineData("S", "no digits")]
    [InlineData("1 S", "a space")]
    public async Task A_timeout_out_of_format_is_refused(string timeout, string why)
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);

        var answer = await http.UnaryAsync(RawClient.Frame(new ProbeRequest()), headers => headers.TryAddWithoutValidation("grpc-timeout", timeout));

        Assert.True(answer.Code == StatusCode.Internal, why);
        Assert.Contains("grpc-timeout", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("99999999H")]
    [InlineData("99999999n")]
    [InlineData("20000000u")]
    [InlineData("1M")]
    public async Task Every_timeout_in_format_is_taken(string timeout)
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);

        var answer = await http.UnaryAsync(RawClient.Frame(new ProbeRequest()), headers => headers.Add("grpc-timeout", timeout));

        Assert.Equal(StatusCode.OK, answer.Code);
    }

    private static DateTime After(int milliseconds) => TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(milliseconds);
}

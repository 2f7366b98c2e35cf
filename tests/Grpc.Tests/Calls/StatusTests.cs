using Grpc.Core;
using Grpc.Net.Client;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Calls;

public sealed class StatusTests
{
    public static TheoryData<StatusCode> Failures => [.. Enum.GetValues<StatusCode>().Where(code => code != StatusCode.OK)];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Every_status_code_arrives_with_its_text_and_trailers(StatusCode code)
    {
        await using var server = await ProbeServer.StartAsync();
        server.Behavior.Unary = (_, _) => throw new RpcException(new Status(code, $"it was {code}"), new Metadata { { "reason", "because" } });

        var failure = await Expect.FailureAsync(code, server.Client.UnaryAsync(new ProbeRequest()));

        Assert.Equal($"it was {code}", failure.Status.Detail);
        Assert.Equal("because", failure.Trailers.GetValue("reason"));
    }

    [Fact]
    public async Task The_trailers_of_the_call_may_be_thrown_with_its_status()
    {
        await using var server = await ProbeServer.StartAsync();
        server.Behavior.Unary = (_, context) =>
        {
            context.ResponseTrailers.Add("reason", "because");
            throw new RpcException(new Status(StatusCode.Aborted, ""), context.ResponseTrailers);
        };

        var failure = await Expect.FailureAsync(StatusCode.Aborted, server.Client.UnaryAsync(new ProbeRequest()));

        Assert.Equal("because", Assert.Single(failure.Trailers, entry => entry.Key == "reason").Value);
    }

    [Theory]
    [InlineData("100% sure; 50%20")]
    [InlineData("Zażółć gęślą jaźń 😀")]
    [InlineData("line one\r\nline two\ttab")]
    [InlineData("quotes \" and ~ and \u0001")]
    public async Task Any_text_survives_in_a_status(string text)
    {
        await using var server = await ProbeServer.StartAsync();
        server.Behavior.Unary = (_, _) => throw new RpcException(new Status(StatusCode.Aborted, text));

        var failure = await Expect.FailureAsync(StatusCode.Aborted, server.Client.UnaryAsync(new ProbeRequest()));

        Assert.Equal(text, failure.Status.Detail);
    }

    [Fact]
    public async Task An_exception_is_told_to_nobody()
    {
        await using var server = await ProbeServer.StartAsync();
        server.Behavior.Unary = (_, _) => throw new InvalidOperationException("secret");

        var failure = await Expect.FailureAsync(StatusCode.Unknown, server.Client.UnaryAsync(new ProbeRequest()));

        Assert.Equal("Exception was thrown by handler.", failure.Status.Detail);
    }

    [Fact]
    public async Task Detailed_errors_tell_the_exception()
    {
        await using var server = await ProbeServer.StartAsync(options => options.EnableDetailedErrors = true);
        server.Behavior.Unary = (_, _) => throw new InvalidOperationException("visible");

        var failure = await Expect.FailureAsync(StatusCode.Unknown, server.Client.UnaryAsync(new ProbeRequest()));

        Assert.Equal("Exception was thrown by handler. InvalidOperationException: visible", failure.Status.Detail);
    }

    [Fact]
    public async Task A_handler_can_set_the_status_and_return()
    {
        await using var server = await ProbeServer.StartAsync();
        server.Behavior.ServerStream = async (_, responses, context) =>
        {
            await responses.WriteAsync(new ProbeReply { Text = "one" });
            context.Status = new Status(StatusCode.OutOfRange, "no more");
        };

        using var call = server.Client.ServerStream(new ProbeRequest());
        Assert.True(await call.ResponseStream.MoveNext());
        var failure = await Expect.FailureAsync(StatusCode.OutOfRange, call.ResponseStream.MoveNext());
        var again = await Expect.FailureAsync(StatusCode.OutOfRange, call.ResponseStream.MoveNext());

        Assert.Equal("no more", failure.Status.Detail);
        Assert.Equal(failure.Status.Detail, again.Status.Detail);
    }

    [Fact]
    public async Task A_handler_that_returns_nothing_cancels_the_call()
    {
        await using var server = await ProbeServer.StartAsync();
        server.Behavior.Unary = (_, _) => Task.FromResult<ProbeReply>(null!);

        var failure = await Expect.FailureAsync(StatusCode.Cancelled, server.Client.UnaryAsync(new ProbeRequest()));

        Assert.Equal("No message returned from method.", failure.Status.Detail);
    }

    [Fact]
    public async Task An_unknown_method_and_an_unknown_service_are_unimplemented()
    {
        await using var server = await ProbeServer.StartAsync();
        var invoker = server.Channel().CreateCallInvoker();

        var method = await Expect.FailureAsync(StatusCode.Unimplemented, Call(invoker, "modelops.grpc.tests.Probe", "Missing"));
        var service = await Expect.FailureAsync(StatusCode.Unimplemented, Call(invoker, "modelops.grpc.tests.Nothing", "Unary"));
        var notWritten = await Expect.FailureAsync(StatusCode.Unimplemented, server.Client.NotWrittenAsync(new ProbeRequest()));

        Assert.Equal("Method is unimplemented.", method.Status.Detail);
        Assert.Equal("Service is unimplemented.", service.Status.Detail);
        Assert.Equal("", notWritten.Status.Detail);
    }

    [Fact]
    public async Task The_end_of_a_call_cannot_be_asked_for_before_it_is_there()
    {
        await using var server = await ProbeServer.StartAsync();
        var release = new Signal();
        server.Behavior.Unary = async (request, _) =>
        {
            await release.WaitAsync();
            return ProbeBehavior.Echo(request);
        };

        using var call = server.Client.UnaryAsync(new ProbeRequest());

        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
        release.Set();
        await call;
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_server_that_ends_early_tells_a_writing_client_its_status()
    {
        await using var server = await ProbeServer.StartAsync();
        server.Behavior.ClientStream = (_, _) => throw new RpcException(new Status(StatusCode.FailedPrecondition, "enough"));

        using var call = server.Client.ClientStream();
        async Task WriteForEverAsync()
        {
            while (true)
            {
                await call.RequestStream.WriteAsync(new ProbeRequest { Text = "more" });
            }
        }

        await Expect.FailureAsync(StatusCode.FailedPrecondition, WriteForEverAsync());
        await Expect.FailureAsync(StatusCode.FailedPrecondition, call.ResponseAsync);
    }

    [Fact]
    public async Task A_write_that_waits_for_a_server_that_answered_without_reading_on_ends_with_its_status()
    {
        await using var server = new DeafServer(status: "3");
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var call = new Probe.ProbeClient(channel).ClientStream();

        var write = call.RequestStream.WriteAsync(new ProbeRequest { Payload = Google.Protobuf.ByteString.CopyFrom(new byte[1 << 20]) });

        await Expect.FailureAsync(StatusCode.InvalidArgument, write);
        await Expect.FailureAsync(StatusCode.InvalidArgument, call.ResponseAsync);
    }

    private static AsyncUnaryCall<ProbeReply> Call(CallInvoker invoker, string service, string method)
    {
        var requests = Marshallers.Create<ProbeRequest>(Google.Protobuf.MessageExtensions.ToByteArray, ProbeRequest.Parser.ParseFrom);
        var replies = Marshallers.Create<ProbeReply>(Google.Protobuf.MessageExtensions.ToByteArray, ProbeReply.Parser.ParseFrom);
        return invoker.AsyncUnaryCall(new Method<ProbeRequest, ProbeReply>(MethodType.Unary, service, method, requests, replies), null, default, new ProbeRequest());
    }
}

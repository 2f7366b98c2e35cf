using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Calls;

public sealed class InterceptorTests
{
    [Fact]
    public async Task Server_interceptors_stand_around_every_kind_of_call_in_order()
    {
        var log = new CallLog();
        await using var server = await ProbeServer.StartAsync(
            options =>
            {
                options.Interceptors.Add<ServerLogger>("outer");
                options.Interceptors.Add<ServerLogger>("inner");
            },
            builder => builder.Services.AddSingleton(log));

        await server.Client.UnaryAsync(new ProbeRequest());
        using var clientStream = server.Client.ClientStream();
        await clientStream.RequestStream.CompleteAsync();
        await clientStream;
        using var serverStream = server.Client.ServerStream(new ProbeRequest());
        Assert.False(await serverStream.ResponseStream.MoveNext());
        using var duplex = server.Client.Duplex();
        await duplex.RequestStream.CompleteAsync();
        Assert.False(await duplex.ResponseStream.MoveNext());

        string[] expected = ["outer Unary", "inner Unary", "outer ClientStream", "inner ClientStream", "outer ServerStream", "inner ServerStream", "outer Duplex", "inner Duplex"];
        Assert.Equal(expected, log.Entries);
        Assert.Equal(8, log.Disposed);
    }

    [Fact]
    public async Task A_server_interceptor_can_change_how_a_call_ends()
    {
        await using var server = await ProbeServer.StartAsync(options => options.Interceptors.Add<Translator>());
        server.Behavior.Unary = (_, _) => throw new KeyNotFoundException("no such thing");

        var failure = await Expect.FailureAsync(StatusCode.NotFound, server.Client.UnaryAsync(new ProbeRequest()));

        Assert.Equal("no such thing", failure.Status.Detail);
    }

    [Fact]
    public async Task An_interceptor_of_the_container_is_taken_from_there()
    {
        var log = new CallLog();
        await using var server = await ProbeServer.StartAsync(
            options => options.Interceptors.Add<ServerLogger>(),
            builder => builder.Services.AddSingleton(log).AddSingleton(new ServerLogger(log, "registered")));

        await server.Client.UnaryAsync(new ProbeRequest());

        Assert.Equal(["registered Unary"], log.Entries);
        Assert.Equal(0, log.Disposed);
    }

    [Fact]
    public async Task Client_interceptors_see_every_kind_of_call_in_order()
    {
        await using var server = await ProbeServer.StartAsync();
        List<string> log = [];
        var invoker = server.Channel().Intercept(new ClientLogger("first", log), new ClientLogger("second", log));
        var client = new Probe.ProbeClient(invoker);

        client.Unary(new ProbeRequest());
        await client.UnaryAsync(new ProbeRequest());
        using var clientStream = client.ClientStream();
        await clientStream.RequestStream.CompleteAsync();
        await clientStream;
        using var serverStream = client.ServerStream(new ProbeRequest());
        Assert.False(await serverStream.ResponseStream.MoveNext());
        using var duplex = client.Duplex();
        await duplex.RequestStream.CompleteAsync();
        Assert.False(await duplex.ResponseStream.MoveNext());

        string[] kinds = ["blocking Unary", "Unary", "ClientStream", "ServerStream", "Duplex"];
        Assert.Equal(kinds.SelectMany(kind => new[] { "first " + kind, "second " + kind }), log);
    }

    [Fact]
    public async Task A_function_can_add_headers_to_every_call()
    {
        await using var server = await ProbeServer.StartAsync();
        string? seen = null;
        server.Behavior.Unary = (request, context) =>
        {
            seen = context.RequestHeaders.GetValue("added");
            return Task.FromResult(ProbeBehavior.Echo(request));
        };
        var client = new Probe.ProbeClient(server.Channel().Intercept(headers => [.. headers, new Metadata.Entry("added", "yes")]));

        await client.UnaryAsync(new ProbeRequest());

        Assert.Equal("yes", seen);
    }

    private sealed class CallLog
    {
        private int _disposed;

        public List<string> Entries { get; } = [];

        public int Disposed => Volatile.Read(ref _disposed);

        public void Dispose() => Interlocked.Increment(ref _disposed);
    }

    private sealed class ServerLogger(CallLog log, string name) : Interceptor, IDisposable
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            Add(context);
            return continuation(request, context);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Add(context);
            return continuation(requestStream, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Add(context);
            return continuation(request, responseStream, context);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Add(context);
            return continuation(requestStream, responseStream, context);
        }

        public void Dispose() => log.Dispose();

        private void Add(ServerCallContext context) => log.Entries.Add($"{name} {context.Method.Split('/')[^1]}");
    }

    private sealed class Translator : Interceptor
    {
        public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            try
            {
                return await continuation(request, context);
            }
            catch (KeyNotFoundException e)
            {
                throw new RpcException(new Status(StatusCode.NotFound, e.Message));
            }
        }
    }

    private sealed class ClientLogger(string name, List<string> log) : Interceptor
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            log.Add($"{name} blocking {context.Method.Name}");
            return continuation(request, context);
        }

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            log.Add($"{name} {context.Method.Name}");
            return continuation(request, context);
        }

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            log.Add($"{name} {context.Method.Name}");
            return continuation(request, context);
        }

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            log.Add($"{name} {context.Method.Name}");
            return continuation(context);
        }

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            log.Add($"{name} {context.Method.Name}");
            return continuation(context);
        }
    }
}

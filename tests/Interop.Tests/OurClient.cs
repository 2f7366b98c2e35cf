using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using ModelOps.Interop.V1;

namespace ModelOps.Interop;

/// <summary>Makes a call of any kind and tells all there is to know about its end.</summary>
internal sealed class OurClient(Uri address, int? maxReceive = null, HttpMessageHandler? handler = null) : IDisposable
{
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        MaxReceiveMessageSize = maxReceive ?? Server.EchoServer.LargestMessage,
        HttpHandler = handler,
        DisposeHttpClient = true,
    });

    public Echo.EchoClient Echo => new(_channel);

    public Task<Result> CallAsync(string kind, Ping ping, CallOptions options = default) => CallAsync(kind, [ping], options);

    public async Task<Result> CallAsync(string kind, IReadOnlyCollection<Ping> pings, CallOptions options = default)
    {
        switch (kind)
        {
            case "Unary":
                using (var call = Echo.UnaryAsync(pings.Single(), options))
                {
                    return await EndAsync(async got => got.Add(await call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers);
                }
            case "ServerStream":
                using (var call = Echo.ServerStream(pings.Single(), options))
                {
                    return await EndAsync(got => ReadAsync(call.ResponseStream, got), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers);
                }
            case "ClientStream":
                using (var call = Echo.ClientStream(options))
                {
                    return await EndAsync(
                        async got =>
                        {
                            await WriteAsync(call.RequestStream, pings);
                            got.Add(await call.ResponseAsync);
                        },
                        call.ResponseHeadersAsync,
                        call.GetStatus,
                        call.GetTrailers);
                }
            default:
                using (var call = Echo.Duplex(options))
                {
                    return await EndAsync(
                        async got =>
                        {
                            await WriteAsync(call.RequestStream, pings);
                            await ReadAsync(call.ResponseStream, got);
                        },
                        call.ResponseHeadersAsync,
                        call.GetStatus,
                        call.GetTrailers);
                }
        }
    }

    public void Dispose() => _channel.Dispose();

    private static async Task WriteAsync(IClientStreamWriter<Ping> stream, IEnumerable<Ping> pings)
    {
        foreach (var ping in pings)
        {
            await stream.WriteAsync(ping, CancellationToken.None);
        }
        await stream.CompleteAsync();
    }

    private static async Task ReadAsync(IAsyncStreamReader<Pong> stream, List<Pong> got)
    {
        await foreach (var pong in stream.ReadAllAsync(CancellationToken.None))
        {
            got.Add(pong);
        }
    }

    private static async Task<Result> EndAsync(Func<List<Pong>, Task> talk, Task<Metadata> headers, Func<Status> status, Func<Metadata> trailers)
    {
        var got = new List<Pong>();
        try
        {
            await talk(got);
            return new Result(got, status(), await headers, trailers());
        }
        catch (RpcException failed)
        {
            return new Result(got, failed.Status, headers.IsCompletedSuccessfully ? await headers : [], failed.Trailers);
        }
    }

    internal sealed record Result(IReadOnlyList<Pong> Messages, Status Status, Metadata Headers, Metadata Trailers)
    {
        public ByteString Data => Messages[0].Data;
    }
}

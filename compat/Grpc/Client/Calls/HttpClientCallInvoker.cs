using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>Starts calls on a channel.</summary>
internal sealed class HttpClientCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Open(method, options);
        return new AsyncUnaryCall<TResponse>(
            call.UnaryAsync(request), GrpcCall.ResponseHeaders, GrpcCall.Status, GrpcCall.Trailers, GrpcCall.End, call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Open(method, options);
        return new AsyncServerStreamingCall<TResponse>(
            call.ServerStreaming(request), GrpcCall.ResponseHeaders, GrpcCall.Status, GrpcCall.Trailers, GrpcCall.End, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = Open(method, options);
        var response = call.ClientStreamingAsync(out var requests);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            requests, response, GrpcCall.ResponseHeaders, GrpcCall.Status, GrpcCall.Trailers, GrpcCall.End, call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = Open(method, options);
        var responses = call.DuplexStreaming(out var requests);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            requests, responses, GrpcCall.ResponseHeaders, GrpcCall.Status, GrpcCall.Trailers, GrpcCall.End, call);
    }

    private GrpcCall<TRequest, TResponse> Open<TRequest, TResponse>(Method<TRequest, TResponse> method, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        channel.ThrowIfDisposed();
        return new GrpcCall<TRequest, TResponse>(channel, method, options);
    }
}

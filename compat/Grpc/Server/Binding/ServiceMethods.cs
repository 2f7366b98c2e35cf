using Grpc.Core;

namespace Grpc.AspNetCore.Server.Binding;

// A service's methods with the instance they run on as an argument, so that one delegate serves all calls.
internal delegate Task<TResponse> UnaryServiceMethod<TService, TRequest, TResponse>(
    TService service, TRequest request, ServerCallContext context);

internal delegate Task<TResponse> ClientStreamingServiceMethod<TService, TRequest, TResponse>(
    TService service, IAsyncStreamReader<TRequest> requests, ServerCallContext context);

internal delegate Task ServerStreamingServiceMethod<TService, TRequest, TResponse>(
    TService service, TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context);

internal delegate Task DuplexStreamingServiceMethod<TService, TRequest, TResponse>(
    TService service, IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses, ServerCallContext context);

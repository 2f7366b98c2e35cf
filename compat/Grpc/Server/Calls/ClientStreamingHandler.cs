using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Many requests, one response.</summary>
internal sealed class ClientStreamingHandler<TService, TRequest, TResponse> : CallHandler<TRequest, TResponse>
    where TService : class
    where TRequest : class
    where TResponse : class
{
    private readonly ClientStreamingServiceMethod<TService, TRequest, TResponse> _target;
    private readonly ClientStreamingServerMethod<TRequest, TResponse> _pipeline;

    public ClientStreamingHandler(
        Method<TRequest, TResponse> method,
        ClientStreamingServiceMethod<TService, TRequest, TResponse> target,
        MethodOptions options,
        ILogger logger)
        : base(method, options, logger)
    {
        _target = target;
        _pipeline = InterceptorPipeline.ClientStreaming<TRequest, TResponse>(options, CallServiceAsync);
    }

    protected override async ValueTask InvokeAsync(HttpContextServerCallContext call)
    {
        var requests = new MessageStreamReader<TRequest>(call, Method.RequestMarshaller);
        var response = await _pipeline(requests, call) ?? throw NothingReturned();
        call.Write(response, Method.ResponseMarshaller, call.WriteOptions);
    }

    private Task<TResponse> CallServiceAsync(IAsyncStreamReader<TRequest> requests, ServerCallContext context)
    {
        var (service, created) = ServiceActivator<TService>.Create(context.GetHttpContext().RequestServices);
        var result = _target(service, requests, context);
        return created && Disposal.IsDue(service) ? Disposal.AfterAsync(result, service) : result;
    }
}

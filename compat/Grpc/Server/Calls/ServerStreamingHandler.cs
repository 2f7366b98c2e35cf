using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>One request, many responses.</summary>
internal sealed class ServerStreamingHandler<TService, TRequest, TResponse> : CallHandler<TRequest, TResponse>
    where TService : class
    where TRequest : class
    where TResponse : class
{
    private readonly ServerStreamingServiceMethod<TService, TRequest, TResponse> _target;
    private readonly ServerStreamingServerMethod<TRequest, TResponse> _pipeline;

    public ServerStreamingHandler(
        Method<TRequest, TResponse> method,
        ServerStreamingServiceMethod<TService, TRequest, TResponse> target,
        MethodOptions options,
        ILogger logger)
        : base(method, options, logger)
    {
        _target = target;
        _pipeline = InterceptorPipeline.ServerStreaming<TRequest, TResponse>(options, CallServiceAsync);
    }

    protected override async ValueTask InvokeAsync(HttpContextServerCallContext call)
    {
        var request = await call.ReadSingleAsync(Method.RequestMarshaller);
        await _pipeline(request, new MessageStreamWriter<TResponse>(call, Method.ResponseMarshaller), call);
    }

    private Task CallServiceAsync(TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context)
    {
        var (service, created) = ServiceActivator<TService>.Create(context.GetHttpContext().RequestServices);
        var result = _target(service, request, responses, context);
        return created && Disposal.IsDue(service) ? Disposal.AfterAsync(result, service) : result;
    }
}

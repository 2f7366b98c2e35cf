using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Many requests, many responses.</summary>
internal sealed class DuplexStreamingHandler<TService, TRequest, TResponse> : CallHandler<TRequest, TResponse>
    where TService : class
    where TRequest : class
    where TResponse : class
{
    private readonly DuplexStreamingServiceMethod<TService, TRequest, TResponse> _target;
    private readonly DuplexStreamingServerMethod<TRequest, TResponse> _pipeline;

    public DuplexStreamingHandler(
        Method<TRequest, TResponse> method,
        DuplexStreamingServiceMethod<TService, TRequest, TResponse> target,
        MethodOptions options,
        ILogger logger)
        : base(method, options, logger)
    {
        _target = target;
        _pipeline = InterceptorPipeline.DuplexStreaming<TRequest, TResponse>(options, CallServiceAsync);
    }

    protected override ValueTask InvokeAsync(HttpContextServerCallContext call) => new(_pipeline(
        new MessageStreamReader<TRequest>(call, Method.RequestMarshaller),
        new MessageStreamWriter<TResponse>(call, Method.ResponseMarshaller),
        call));

    private Task CallServiceAsync(
        IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses, ServerCallContext context)
    {
        var (service, created) = ServiceActivator<TService>.Create(context.GetHttpContext().RequestServices);
        var result = _target(service, requests, responses, context);
        return created && Disposal.IsDue(service) ? Disposal.AfterAsync(result, service) : result;
    }
}

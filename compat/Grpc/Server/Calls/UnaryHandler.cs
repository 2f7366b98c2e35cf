using System.Runtime.CompilerServices;
using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>One request, one response.</summary>
internal sealed class UnaryHandler<TService, TRequest, TResponse> : CallHandler<TRequest, TResponse>
    where TService : class
    where TRequest : class
    where TResponse : class
{
    private readonly UnaryServiceMethod<TService, TRequest, TResponse> _target;
    private readonly UnaryServerMethod<TRequest, TResponse> _pipeline;
    private readonly TService? _singleton;

    public UnaryHandler(
        Method<TRequest, TResponse> method,
        UnaryServiceMethod<TService, TRequest, TResponse> target,
        MethodOptions options,
        ILogger logger)
        : base(method, options, logger)
    {
        _target = target;
        _singleton = (TService?)options.Singleton(typeof(TService));
        _pipeline = InterceptorPipeline.Unary<TRequest, TResponse>(options, CallServiceAsync);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected override async ValueTask InvokeAsync(HttpContextServerCallContext call)
    {
        var request = await call.ReadSingleAsync(Method.RequestMarshaller);
        var response = await _pipeline(request, call) ?? throw NothingReturned();
        call.Write(response, Method.ResponseMarshaller, call.WriteOptions);
    }

    private Task<TResponse> CallServiceAsync(TRequest request, ServerCallContext context)
    {
        if (_singleton is { } singleton)
        {
            return _target(singleton, request, context);
        }
        var (service, created) = ServiceActivator<TService>.Create(context.GetHttpContext().RequestServices);
        var result = _target(service, request, context);
        return created && Disposal.IsDue(service) ? Disposal.AfterAsync(result, service) : result;
    }
}

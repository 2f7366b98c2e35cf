using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Folds a service's interceptors around its methods, once when it is mapped.</summary>
internal static class InterceptorPipeline
{
    public static UnaryServerMethod<TRequest, TResponse> Unary<TRequest, TResponse>(
        MethodOptions options, UnaryServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => Fold(options, handler, (registration, next) =>
        {
            if (options.Singleton(registration.Type) is Interceptor singleton && registration.Arguments.Count == 0)
            {
                return (request, context) => singleton.UnaryServerHandler(request, context, next);
            }
            return async (request, context) =>
            {
                var (interceptor, created) = registration.Create(context.GetHttpContext().RequestServices);
                try
                {
                    return await interceptor.UnaryServerHandler(request, context, next);
                }
                finally
                {
                    await Disposal.ReleaseAsync(interceptor, created);
                }
            };
        });

    public static ClientStreamingServerMethod<TRequest, TResponse> ClientStreaming<TRequest, TResponse>(
        MethodOptions options, ClientStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => Fold(options, handler, (registration, next) => async (requests, context) =>
        {
            var (interceptor, created) = registration.Create(context.GetHttpContext().RequestServices);
            try
            {
                return await interceptor.ClientStreamingServerHandler(requests, context, next);
            }
            finally
            {
                await Disposal.ReleaseAsync(interceptor, created);
            }
        });

    public static ServerStreamingServerMethod<TRequest, TResponse> ServerStreaming<TRequest, TResponse>(
        MethodOptions options, ServerStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => Fold(options, handler, (registration, next) => async (request, responses, context) =>
        {
            var (interceptor, created) = registration.Create(context.GetHttpContext().RequestServices);
            try
            {
                await interceptor.ServerStreamingServerHandler(request, responses, context, next);
            }
            finally
            {
                await Disposal.ReleaseAsync(interceptor, created);
            }
        });

    public static DuplexStreamingServerMethod<TRequest, TResponse> DuplexStreaming<TRequest, TResponse>(
        MethodOptions options, DuplexStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => Fold(options, handler, (registration, next) => async (requests, responses, context) =>
        {
            var (interceptor, created) = registration.Create(context.GetHttpContext().RequestServices);
            try
            {
                await interceptor.DuplexStreamingServerHandler(requests, responses, context, next);
            }
            finally
            {
                await Disposal.ReleaseAsync(interceptor, created);
            }
        });

    private static TMethod Fold<TMethod>(MethodOptions options, TMethod handler, Func<InterceptorRegistration, TMethod, TMethod> around)
    {
        for (var i = options.Interceptors.Count - 1; i >= 0; i--)
        {
            handler = around(options.Interceptors[i], handler);
        }
        return handler;
    }
}

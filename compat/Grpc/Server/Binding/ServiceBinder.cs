using System.Reflection;
using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Maps each method that a service's bind method names. All reflection happens here, none in calls.</summary>
internal sealed class ServiceBinder<TService>(IEndpointRouteBuilder endpoints, MethodOptions options, ILogger logger) : ServiceBinderBase
    where TService : class
{
    private readonly List<IEndpointConventionBuilder> _endpoints = [];
    private readonly HashSet<string> _serviceNames = new(StringComparer.Ordinal);

    public IReadOnlyList<IEndpointConventionBuilder> Endpoints => _endpoints;

    public IReadOnlyCollection<string> ServiceNames => _serviceNames;

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var (implementation, target) = Find<UnaryServiceMethod<TService, TRequest, TResponse>>(method, [typeof(TRequest), typeof(ServerCallContext)]);
        Map(method, implementation, new UnaryHandler<TService, TRequest, TResponse>(method, target, options, logger).HandleAsync);
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (implementation, target) = Find<ClientStreamingServiceMethod<TService, TRequest, TResponse>>(
            method, [typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext)]);
        Map(method, implementation, new ClientStreamingHandler<TService, TRequest, TResponse>(method, target, options, logger).HandleAsync);
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (implementation, target) = Find<ServerStreamingServiceMethod<TService, TRequest, TResponse>>(
            method, [typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext)]);
        Map(method, implementation, new ServerStreamingHandler<TService, TRequest, TResponse>(method, target, options, logger).HandleAsync);
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (implementation, target) = Find<DuplexStreamingServiceMethod<TService, TRequest, TResponse>>(
            method, [typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext)]);
        Map(method, implementation, new DuplexStreamingHandler<TService, TRequest, TResponse>(method, target, options, logger).HandleAsync);
    }

    private static (MethodInfo Implementation, TDelegate Target) Find<TDelegate>(IMethod method, Type[] parameters)
        where TDelegate : Delegate
    {
        var implementation = typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new InvalidOperationException($"Could not find '{method.Name}' on {typeof(TService).FullName}.");
        return (implementation, implementation.CreateDelegate<TDelegate>());
    }

    private void Map(IMethod method, MethodInfo implementation, RequestDelegate handler)
    {
        // Attributes of the method come last and so win over those of the class.
        List<object> metadata =
        [
            new GrpcMethodMetadata(typeof(TService), method),
            .. typeof(TService).GetCustomAttributes(inherit: true),
            .. implementation.GetCustomAttributes(inherit: true),
            new HttpMethodMetadata([HttpMethods.Post], acceptCorsPreflight: true),
        ];
        var endpoint = endpoints.Map(RoutePatternFactory.Parse(method.FullName), handler);
        endpoint.Add(builder =>
        {
            builder.DisplayName = "gRPC - " + method.FullName;
            foreach (var item in metadata)
            {
                builder.Metadata.Add(item);
            }
        });
        _endpoints.Add(endpoint);
        _serviceNames.Add(method.ServiceName);
    }
}

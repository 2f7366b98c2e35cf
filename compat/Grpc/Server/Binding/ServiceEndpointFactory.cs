using System.Reflection;
using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Makes endpoints of services by replaying their generated bind method.</summary>
internal sealed class ServiceEndpointFactory(IOptions<GrpcServiceOptions> options, SingletonServices singletons, IServiceProvider services, ILoggerFactory loggers)
{
    private const string UnknownMethod = $"{{unimplementedMethod:{UnimplementedConstraint.Name}}}";

    private readonly ILogger _logger = loggers.CreateLogger("Grpc.AspNetCore.Server.ServerCallHandler");
    private bool _unknownServicesMapped;

    public IReadOnlyList<IEndpointConventionBuilder> Map<TService>(IEndpointRouteBuilder endpoints)
        where TService : class
    {
        var serviceOptions = endpoints.ServiceProvider.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value;
        var binder = new ServiceBinder<TService>(endpoints, new MethodOptions(options.Value, serviceOptions, type => singletons.Find(services, type)), _logger);
        FindBindMethod(typeof(TService)).Invoke(null, [binder, null]);
        if (binder.ServiceNames.Count == 0)
        {
            throw new InvalidOperationException($"The service {typeof(TService).FullName} has no methods.");
        }
        if (options.Value.IgnoreUnknownServices is not true)
        {
            foreach (var name in binder.ServiceNames)
            {
                MapUnimplemented(endpoints, $"{name}/{UnknownMethod}", "Method is unimplemented.", $"gRPC - Unimplemented method for {name}");
            }
            if (!_unknownServicesMapped)
            {
                _unknownServicesMapped = true;
                MapUnimplemented(
                    endpoints, $"{{unimplementedService}}/{UnknownMethod}", "Service is unimplemented.", "gRPC - Unimplemented service");
            }
        }
        return binder.Endpoints;
    }

    private static void MapUnimplemented(IEndpointRouteBuilder endpoints, string pattern, string detail, string displayName) =>
        endpoints.MapPost(pattern, (RequestDelegate)(http => Refusal.UnimplementedAsync(http, detail))).WithDisplayName(displayName);

    private static MethodInfo FindBindMethod(Type serviceType)
    {
        for (var type = serviceType; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } attribute)
            {
                return attribute.BindType.GetMethod(
                    attribute.BindMethodName, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static, [typeof(ServiceBinderBase), type])
                    ?? throw new InvalidOperationException(
                        $"Cannot find {attribute.BindType.FullName}.{attribute.BindMethodName}(ServiceBinderBase, {type.Name}).");
            }
        }
        throw new InvalidOperationException(
            $"Could not find bind method for {serviceType.Name}. The service must inherit from a base class generated from a .proto file.");
    }
}

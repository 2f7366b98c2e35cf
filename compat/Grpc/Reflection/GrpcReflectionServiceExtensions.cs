using Grpc.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds gRPC server reflection to the container.</summary>
public static class GrpcReflectionServiceExtensions
{
    public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        // Made by the first call, when every service has been mapped.
        services.TryAddSingleton(provider => new ReflectionAnswers(new DescriptorIndex(MappedServices.In(provider.GetRequiredService<EndpointDataSource>()))));
        return services;
    }
}

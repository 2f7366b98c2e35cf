using Grpc.AspNetCore.HealthChecks;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the gRPC health service to endpoints.</summary>
public static class GrpcHealthChecksEndpointRouteBuilderExtensions
{
    public static IEndpointConventionBuilder MapGrpcHealthChecksService(this IEndpointRouteBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ServiceProvider.GetService<HealthServiceImpl>() is null
            ? throw new InvalidOperationException(
                "Unable to find the required services. Please add all the required services by calling 'IServiceCollection.AddGrpcHealthChecks()' inside the call to 'ConfigureServices(...)' in the application startup code.")
            : builder.MapGrpcService<HealthChecksRpc>();
    }
}

using Grpc.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC server reflection, v1 and v1alpha, to endpoints.</summary>
public static class GrpcReflectionEndpointRouteBuilderExtensions
{
    public static IEndpointConventionBuilder MapGrpcReflectionService(this IEndpointRouteBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.ServiceProvider.GetService<IServiceProviderIsService>()?.IsService(typeof(ReflectionAnswers)) is not true)
        {
            throw new InvalidOperationException(
                "Unable to find the required services. Please add all the required services by calling 'IServiceCollection.AddGrpcReflection()' inside the call to 'ConfigureServices(...)' in the application startup code.");
        }
        return new BothVersions(builder.MapGrpcService<ReflectionV1Rpc>(), builder.MapGrpcService<ReflectionV1AlphaRpc>());
    }

    private sealed class BothVersions(IEndpointConventionBuilder v1, IEndpointConventionBuilder v1Alpha) : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention)
        {
            v1.Add(convention);
            v1Alpha.Add(convention);
        }

        public void Finally(Action<EndpointBuilder> finallyConvention)
        {
            v1.Finally(finallyConvention);
            v1Alpha.Finally(finallyConvention);
        }
    }
}

using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Which services the container holds once for all: they need no scope of a call, which costs more than most of what else a call makes.</summary>
internal sealed class SingletonServices(IServiceCollection services)
{
    /// <summary>The one instance of a service.</summary>
    /// <param name="provider">The root container.</param>
    /// <param name="type">The service.</param>
    /// <returns>Null when the service is not registered, or lives shorter.</returns>
    public object? Find(IServiceProvider provider, Type type) =>
        services.LastOrDefault(service => service.ServiceType == type && !service.IsKeyedService) is { Lifetime: ServiceLifetime.Singleton } ? provider.GetService(type) : null;
}

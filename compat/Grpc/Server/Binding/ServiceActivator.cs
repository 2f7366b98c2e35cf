using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Gives each call a service instance: the container's when the service is registered there, else a new one.</summary>
internal static class ServiceActivator<TService>
    where TService : class
{
    private static readonly Lazy<ObjectFactory<TService>> Factory = new(() => ActivatorUtilities.CreateFactory<TService>([]));

    /// <summary>The instance, and whether the caller must dispose of it.</summary>
    public static (TService Service, bool Created) Create(IServiceProvider services) =>
        services.GetService(typeof(TService)) is TService registered ? (registered, false) : (Factory.Value(services, null), true);
}

using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Hosting;

namespace ModelOps.ServiceDefaults.Clients;

/// <summary>gRPC clients for the other services of the application.</summary>
public static class ServiceClientExtensions
{
    /// <summary>
    /// Registers a generated gRPC client for the service whose settings are in the section <paramref name="name"/>. Its calls
    /// carry the service credential and the actor, have a deadline, are tried again where that is safe, and stop for a while
    /// when the service does not answer.
    /// </summary>
    /// <typeparam name="TClient">The generated client.</typeparam>
    /// <param name="builder">The service that calls.</param>
    /// <param name="name">The service that is called, and the section with its <see cref="ServiceClientOptions"/>.</param>
    /// <param name="configure">Names the idempotent methods, and other defaults of this client.</param>
    public static IHttpClientBuilder AddServiceClient<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClient>(
        this IHostApplicationBuilder builder, string name, Action<ServiceClientOptions>? configure = null)
        where TClient : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        builder.Services.TryAddSingleton<ServiceCallPipelines>();
        builder.Services.TryAddSingleton<CurrentActor>();
        if (configure is not null)
        {
            builder.Services.Configure(name, configure); // before the binding: configuration has the last word
        }
        builder.Services.AddValidatedOptions<ServiceClientOptions>(name, name)
            .Validate(
                options => options.Address is null or { IsAbsoluteUri: true, Scheme: "http" or "https" },
                $"{name}:Address: must be an absolute http:// or https:// address");

        return builder.Services
            .AddGrpcClient<TClient>((services, client) => client.Address = Settings(services, name).Address)
            .AddInterceptor(services => new ServiceCallInterceptor(
                Settings(services, name),
                services.GetRequiredService<ServiceCallPipelines>().Get(name),
                services.GetRequiredService<Security.ServiceCredential>(),
                services.GetRequiredService<CurrentActor>(),
                services.GetRequiredService<TimeProvider>()));
    }

    private static ServiceClientOptions Settings(IServiceProvider services, string name) =>
        services.GetRequiredService<IOptionsMonitor<ServiceClientOptions>>().Get(name);
}

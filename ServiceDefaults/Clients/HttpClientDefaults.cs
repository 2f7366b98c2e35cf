using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelOps.ServiceDefaults.Discovery;
using ModelOps.ServiceDefaults.Hosting;

namespace ModelOps.ServiceDefaults.Clients;

/// <summary>What every <see cref="HttpClient"/> that comes from the factory can do: find services by name, and bear their failures.</summary>
internal static class HttpClientDefaults
{
    public static void AddHttpClientDefaults(this IHostApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<HttpResilienceOptions>(HttpResilienceOptions.Section);
        builder.Services.AddSingleton<ServiceEndpointResolver>();
        builder.Services.AddSingleton<HttpPipelines>();
        builder.Services.AddTransient<HttpResilienceHandler>();
        builder.Services.AddTransient<ServiceDiscoveryHandler>();
        builder.Services.ConfigureHttpClientDefaults(http => http
            .AddHttpMessageHandler<HttpResilienceHandler>() // outside: every try asks for an address anew
            .AddHttpMessageHandler<ServiceDiscoveryHandler>());
    }
}

using Microsoft.Extensions.Options;
using ModelOps.Gateway.Edge;

namespace ModelOps.Gateway.Routing;

/// <summary>Passes calls on to the services behind the gateway.</summary>
internal sealed class ServiceForwarding(
    Forwarder forwarder, UpstreamCredential credential, IOptions<RegistryOptions> registry, IOptionsMonitor<UpstreamServiceOptions> services)
{
    /// <summary>Passes a REST request on under its own path.</summary>
    public Task RestAsync(HttpContext context, UpstreamService service, long maxBytes) =>
        services.Get(service.ToString()).HttpAddress is { Length: > 0 } address
            ? ToAsync(context, address, service, maxBytes)
            : EdgeError.Unavailable($"the address of the {service} is not configured ({service}:HttpAddress)").WriteAsync(context);

    /// <summary>Passes a gRPC call on to the Registry.</summary>
    public Task RegistryRpcAsync(HttpContext context, long maxBytes)
    {
        BodyLimit.Count(context, maxBytes);
        return ToAsync(context, registry.Value.Address, UpstreamService.Registry, maxBytes);
    }

    private Task ToAsync(HttpContext context, string address, UpstreamService service, long maxBytes) =>
        BodyLimit.Set(context, maxBytes)?.WriteAsync(context)
        ?? forwarder.ToServiceAsync(context, address, $"the {service}", credential.For(context, prediction: null));
}

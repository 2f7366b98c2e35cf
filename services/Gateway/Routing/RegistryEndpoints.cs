using Microsoft.Extensions.Options;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Gateway.ApiKeys;
using ModelOps.Gateway.Edge;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.Routing;

/// <summary>The Registry's REST and gRPC addresses, passed on. Only uploads may be large.</summary>
internal static class RegistryEndpoints
{
    private static readonly string[] Reads = ["GET", "HEAD"];
    private static readonly string[] Writes = ["POST", "PUT", "PATCH", "DELETE"];

    public static void MapRegistry(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/api/v1/models/{**rest}", Reads, ForwardRestAsync).RequireAuthorization(Policies.Read);
        endpoints.MapMethods("/api/v1/models/{**rest}", Writes, ForwardRestAsync).RequireAuthorization(Policies.Write);
        endpoints.MapPost("/api/v1/models/{model}/versions", UploadRestAsync).RequireAuthorization(Policies.Write);

        var group = endpoints.MapGroup($"/{ModelRegistry.Descriptor.FullName}");
        foreach (var method in ModelRegistry.Descriptor.Methods)
        {
            group.MapPost($"/{method.Name}", method.IsClientStreaming ? UploadRpcAsync : ForwardRpcAsync).RequireAuthorization(ScopeRules.PolicyOfRegistryRpc(method.Name));
        }
    }

    private static Task ForwardRestAsync(HttpContext context, RegistryForwarding registry, IOptions<RoutingOptions> options) =>
        registry.RestAsync(context, options.Value.MaxRequestBytes);

    private static Task UploadRestAsync(HttpContext context, RegistryForwarding registry, IOptions<RoutingOptions> options) =>
        registry.RestAsync(context, options.Value.MaxUploadBytes);

    private static Task ForwardRpcAsync(HttpContext context, RegistryForwarding registry, IOptions<RoutingOptions> options) =>
        registry.RpcAsync(context, options.Value.MaxRequestBytes);

    private static Task UploadRpcAsync(HttpContext context, RegistryForwarding registry, IOptions<RoutingOptions> options) =>
        registry.RpcAsync(context, options.Value.MaxUploadBytes);
}

/// <summary>Passes calls on to the Registry.</summary>
internal sealed class RegistryForwarding(Forwarder forwarder, UpstreamCredential credential, IOptions<RegistryOptions> registry)
{
    /// <summary>Passes a REST request on.</summary>
    public Task RestAsync(HttpContext context, long maxBytes) => ToAsync(context, registry.Value.HttpAddress, maxBytes);

    /// <summary>Passes a gRPC call on.</summary>
    public Task RpcAsync(HttpContext context, long maxBytes)
    {
        BodyLimit.Count(context, maxBytes);
        return ToAsync(context, registry.Value.Address, maxBytes);
    }

    private Task ToAsync(HttpContext context, string address, long maxBytes) =>
        BodyLimit.Set(context, maxBytes)?.WriteAsync(context)
        ?? forwarder.ToRegistryAsync(context, address, credential.For(context, prediction: null));
}

using Microsoft.Extensions.Options;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Gateway.ApiKeys;
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

    private static Task ForwardRestAsync(HttpContext context, ServiceForwarding services, IOptions<RoutingOptions> options) =>
        services.RestAsync(context, UpstreamService.Registry, options.Value.MaxRequestBytes);

    private static Task UploadRestAsync(HttpContext context, ServiceForwarding services, IOptions<RoutingOptions> options) =>
        services.RestAsync(context, UpstreamService.Registry, options.Value.MaxUploadBytes);

    private static Task ForwardRpcAsync(HttpContext context, ServiceForwarding services, IOptions<RoutingOptions> options) =>
        services.RegistryRpcAsync(context, options.Value.MaxRequestBytes);

    private static Task UploadRpcAsync(HttpContext context, ServiceForwarding services, IOptions<RoutingOptions> options) =>
        services.RegistryRpcAsync(context, options.Value.MaxUploadBytes);
}

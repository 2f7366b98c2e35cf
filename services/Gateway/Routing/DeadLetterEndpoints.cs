using Microsoft.Extensions.Options;
using ModelOps.Gateway.Edge;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.Routing;

/// <summary>Messages that a service gave up on, for admins; passed on to the service that keeps them.</summary>
internal static class DeadLetterEndpoints
{
    public static void MapDeadLetterProxy(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/api/v1/dead-letters/{service}").RequireAuthorization(Policies.Admin);
        group.MapGet("", (HttpContext context, string service, ServiceForwarding services, IOptions<RoutingOptions> options) =>
            ForwardAsync(context, service, "", services, options.Value));
        group.MapGet("/{id}", (HttpContext context, string service, string id, ServiceForwarding services, IOptions<RoutingOptions> options) =>
            ForwardAsync(context, service, $"/{id}", services, options.Value));
        group.MapPost("/{id}/replay", (HttpContext context, string service, string id, ServiceForwarding services, IOptions<RoutingOptions> options) =>
            ForwardAsync(context, service, $"/{id}/replay", services, options.Value));
    }

    private static Task ForwardAsync(HttpContext context, string name, string rest, ServiceForwarding services, RoutingOptions options)
    {
        if (Find(name) is not { } service)
        {
            return EdgeError.NotFound($"there is no service '{name}'; services are {string.Join(", ", Enum.GetNames<UpstreamService>().Select(Lower))}").WriteAsync(context);
        }
        context.Request.Path = $"/dead-letters{rest}"; // the service's own address
        return services.RestAsync(context, service, options.MaxRequestBytes);
    }

    private static UpstreamService? Find(string name)
    {
        foreach (var service in Enum.GetValues<UpstreamService>())
        {
            if (Lower(service.ToString()) == name)
            {
                return service;
            }
        }
        return null;
    }

    private static string Lower(string name) => name.ToLowerInvariant();
}

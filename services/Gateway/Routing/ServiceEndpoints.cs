using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.Routing;

/// <summary>The REST addresses of features, monitoring and pipelines, passed on to the service that owns them.</summary>
internal static class ServiceEndpoints
{
    private static readonly string[] Reads = ["GET", "HEAD"];
    private static readonly string[] Writes = ["POST", "PUT", "PATCH", "DELETE"];

    public static void MapServices(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapService("/api/v1/features", UpstreamService.FeatureStore);
        endpoints.MapService("/api/v1/monitoring", UpstreamService.Monitor);
        endpoints.MapService("/api/v1/pipelines", UpstreamService.Retrainer);
        endpoints.MapPost("/api/v1/features/online", To(UpstreamService.FeatureStore)).RequireAuthorization(Policies.Read); // a read whose keys need a body
    }

    private static void MapService(this IEndpointRouteBuilder endpoints, string prefix, UpstreamService service)
    {
        endpoints.MapMethods($"{prefix}/{{**rest}}", Reads, To(service)).RequireAuthorization(Policies.Read);
        endpoints.MapMethods($"{prefix}/{{**rest}}", Writes, To(service)).RequireAuthorization(Policies.Write);
    }

    private static Func<HttpContext, ServiceForwarding, IOptions<RoutingOptions>, Task> To(UpstreamService service) =>
        (context, services, options) => services.RestAsync(context, service, LimitOf(context.Request, options.Value));

    // Rows to materialize come in files, as models do.
    private static long LimitOf(HttpRequest request, RoutingOptions limits) =>
        request.Path.Value!.EndsWith("/materialize", StringComparison.Ordinal) ? limits.MaxUploadBytes : limits.MaxRequestBytes;
}

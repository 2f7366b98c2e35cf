using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ModelOps.ServiceDefaults.Health;

namespace ModelOps.ServiceDefaults.Telemetry;

/// <summary>Names the span of a request by its route, and keeps probes and scrapes out of the traces.</summary>
internal sealed class TraceMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        // Kestrel's own activity, also when something inside started another.
        Activity.Current is { Source.Name: TelemetrySources.AspNetCore } activity ? TraceAsync(context, activity) : next(context);

    private async Task TraceAsync(HttpContext context, Activity activity)
    {
        if (IsProbe(context.Request.Path))
        {
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded; // what it calls follows it
            await next(context);
            return;
        }

        await next(context);
        if (activity.IsAllDataRequested)
        {
            Describe(activity, context);
        }
    }

    /// <summary>The attributes of OpenTelemetry's conventions for HTTP servers.</summary>
    private static void Describe(Activity activity, HttpContext context)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        activity.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
        activity.SetTag("http.request.method", context.Request.Method);
        activity.SetTag("url.scheme", context.Request.Scheme);
        activity.SetTag("url.path", context.Request.Path.Value);
        activity.SetTag("http.route", route);
        activity.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static bool IsProbe(PathString path) =>
        path.Equals(HealthEndpoints.Ready, StringComparison.Ordinal)
        || path.Equals(HealthEndpoints.Live, StringComparison.Ordinal)
        || path.Equals(TelemetryExtensions.MetricsPath, StringComparison.Ordinal)
        || path.StartsWithSegments("/grpc.health.v1.Health", StringComparison.Ordinal);
}

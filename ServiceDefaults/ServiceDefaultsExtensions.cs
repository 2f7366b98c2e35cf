using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelOps.ServiceDefaults.Clients;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Health;
using ModelOps.ServiceDefaults.Hosting;
using ModelOps.ServiceDefaults.Security;
using ModelOps.ServiceDefaults.Telemetry;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the application has.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Telemetry, health checks, errors, the service credential, resilient HTTP clients and gRPC. Call it first.
    /// A setting that is wrong stops the service with one line on standard error.
    /// </summary>
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddTelemetry(); // first to start, last to stop
        builder.AddServiceSecurity();
        builder.AddHttpClientDefaults();
        builder.AddHealth();
        builder.AddErrors();
        builder.AddStartupFailures();
        builder.AddTransportMemory();
        return builder;
    }

    /// <summary>
    /// Checks the whole configuration, then adds the middleware that everything else runs in and the endpoints that every
    /// service has: <c>/health</c>, <c>/alive</c>, <c>/metrics</c>, gRPC health and reflection. Call it before other endpoints
    /// and middleware.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.ValidateOptions();
        app.UseMiddleware<TraceMiddleware>();
        app.UseErrors();
        app.UseCallers(); // named, so that it runs inside the error handling and not before it
        app.MapHealth();
        app.MapMetrics();
        app.MapGrpcReflectionService(); // for callers with a credential
        return app;
    }
}

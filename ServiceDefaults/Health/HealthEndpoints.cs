using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace ModelOps.ServiceDefaults.Health;

/// <summary>
/// <c>/health</c> and grpc.health.v1: may take traffic, all checks. <c>/alive</c>: need not be restarted, checks tagged <c>live</c>.
/// </summary>
internal static class HealthEndpoints
{
    public const string Ready = "/health";
    public const string Live = "/alive";
    private const string LiveTag = "live";
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(5);

    public static void AddHealth(this IHostApplicationBuilder builder)
    {
        builder.Services.AddGrpcHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        builder.Services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            // A check without a bound would hang the probe together with what it looks at.
            foreach (var registration in options.Registrations.Where(registration => registration.Timeout == Timeout.InfiniteTimeSpan))
            {
                registration.Timeout = CheckTimeout;
            }
        });
    }

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks(Ready, new() { ResponseWriter = WriteAsync }).AllowAnonymous();
        endpoints.MapGrpcHealthChecksService().AllowAnonymous();
        endpoints.MapHealthChecks(Live, new() { ResponseWriter = WriteAsync, Predicate = check => check.Tags.Contains(LiveTag) }).AllowAnonymous();
    }

    /// <summary>Names and states, and what a check publishes as its data: descriptions and exceptions of checks tell of hosts, users and paths.</summary>
    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var answer = new Dictionary<string, object>
        {
            ["status"] = report.Status.ToString(),
            ["checks"] = report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Status.ToString()),
        };
        foreach (var (name, value) in report.Entries.Values.SelectMany(entry => entry.Data))
        {
            answer.TryAdd(name, value);
        }
        return context.Response.WriteAsJsonAsync(answer, context.RequestAborted);
    }
}

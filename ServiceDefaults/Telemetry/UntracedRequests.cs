using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ModelOps.ServiceDefaults.Telemetry;

/// <summary>For services whose requests are many and call nobody.</summary>
public static class UntracedRequests
{
    /// <summary>
    /// Makes no activity of a request as long as no traces are exported: hosting makes one for the sake of log scopes and of calls that a
    /// request makes, and it costs as much memory as the rest of a small prediction. A trace that comes in then ends here.
    /// </summary>
    public static void SkipUntracedActivities(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!TelemetryExtensions.IsExported(builder.Configuration))
        {
            builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        }
    }
}

using System.Diagnostics.Metrics;

namespace ModelOps.ServiceDefaults.Telemetry;

/// <summary>
/// How <c>/metrics</c> names what a meter measures. Dashboards that exist already look for the names another product gave; a meter
/// made with <see cref="Keep"/> among its tags shows its instruments under the names they have, in the units they have.
/// </summary>
public static class PrometheusNaming
{
    /// <summary>Tag of a meter whose names stay as they are.</summary>
    public static readonly KeyValuePair<string, object?> Keep = new("prometheus.naming", "keep");

    internal static bool IsKept(Meter meter) => meter.Tags?.Contains(Keep) == true;
}

namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>What Prometheus calls the type.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

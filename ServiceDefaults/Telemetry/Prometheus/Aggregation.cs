namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>How measurements become the number that is shown.</summary>
internal enum Aggregation
{
    /// <summary>Added up.</summary>
    Sum,

    /// <summary>The last one.</summary>
    Last,

    /// <summary>The last one, which is asked for at every scrape; a series that is not reported then is gone.</summary>
    Observed,

    /// <summary>Counted by bucket.</summary>
    Distribution,
}

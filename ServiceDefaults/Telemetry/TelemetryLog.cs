using Microsoft.Extensions.Logging;

namespace ModelOps.ServiceDefaults.Telemetry;

internal static partial class TelemetryLog
{
    [LoggerMessage(EventId = 1, EventName = "ObservationFailed", Level = LogLevel.Warning, Message = "An observable instrument failed and is missing from this scrape")]
    public static partial void ObservationFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2, EventName = "InstrumentConflicts", Level = LogLevel.Warning, Message = "Instrument {Instrument} of meter {Meter} is not shown on /metrics: {Family} is already taken by an instrument of another kind or unit")]
    public static partial void InstrumentConflicts(this ILogger logger, string instrument, string meter, string family);
}

using ModelOps.Inference.Models.Batching;

namespace ModelOps.Inference.Models;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Loaded {Version} in {Milliseconds:0} ms: batches of up to {BatchSize} rows (0: none), {Instances} instances on {Sessions} sessions, run by callers: {Callers}")]
    public static partial void Loaded(ILogger logger, VersionKey version, double milliseconds, int batchSize, int instances, int sessions, CallerRuns callers);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Serving a version without warm-up, since nobody says which shapes it takes: {Reason}")]
    public static partial void NotWarmedUp(ILogger logger, string reason);
}

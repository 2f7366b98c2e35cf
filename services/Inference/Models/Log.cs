namespace ModelOps.Inference.Models;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Loaded {Version} in {Milliseconds:0} ms")]
    public static partial void Loaded(ILogger logger, VersionKey version, double milliseconds);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Serving {Version} without warm-up: {Reason}")]
    public static partial void NotWarmedUp(ILogger logger, VersionKey version, string reason);
}

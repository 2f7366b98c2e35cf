namespace ModelOps.Inference.Models.Breaking;

internal static partial class Log
{
    [LoggerMessage(EventId = 95, Level = LogLevel.Warning, Message = "Took {Version} out until {Until}: {Reason}")]
    public static partial void Opened(ILogger logger, VersionKey version, DateTimeOffset until, string reason);

    [LoggerMessage(EventId = 96, Level = LogLevel.Information, Message = "{Version} is well again and takes requests")]
    public static partial void Closed(ILogger logger, VersionKey version);
}

namespace ModelOps.Inference.Models.Probing;

internal static partial class Log
{
    [LoggerMessage(EventId = 90, Level = LogLevel.Information, Message = "{Version} passed its trial in a process of its own in {Milliseconds:0} ms")]
    public static partial void Passed(ILogger logger, VersionKey version, double milliseconds);

    [LoggerMessage(EventId = 91, Level = LogLevel.Warning, Message = "That {Version} passed cannot be remembered: {Reason}")]
    public static partial void NotRemembered(ILogger logger, VersionKey version, string reason);
}

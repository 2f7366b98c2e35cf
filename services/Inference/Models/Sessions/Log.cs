namespace ModelOps.Inference.Models.Sessions;

internal static partial class Log
{
    [LoggerMessage(EventId = 80, Level = LogLevel.Information, Message = "{Version} runs on {Provider}; {Unmet}")]
    public static partial void Opened(ILogger logger, VersionKey version, string provider, string unmet);

    [LoggerMessage(EventId = 81, Level = LogLevel.Warning, Message = "The kept graph {File} is damaged or not ours; it was deleted and is made again")]
    public static partial void OptimizedModelDropped(ILogger logger, string file);

    [LoggerMessage(EventId = 82, Level = LogLevel.Warning, Message = "The kept graph {File} cannot be deleted: {Reason}")]
    public static partial void OptimizedModelStays(ILogger logger, string file, string reason);
}

namespace ModelOps.Inference.PredictionLog;

internal static partial class Log
{
    [LoggerMessage(EventId = 60, Level = LogLevel.Information, Message = "Predictions are not logged: Inference:PredictionLog:Path is not set")]
    public static partial void Off(ILogger logger);

    [LoggerMessage(EventId = 61, Level = LogLevel.Warning, Message = "Answered {Records} predictions without logging them ({Reason}); says so at most once a minute")]
    public static partial void Dropped(ILogger logger, long records, string reason);

    [LoggerMessage(EventId = 62, Level = LogLevel.Information, Message = "Logging predictions in {Folder}, publishing them to exchange {Exchange}")]
    public static partial void Connected(ILogger logger, string folder, string exchange);

    [LoggerMessage(EventId = 63, Level = LogLevel.Warning, Message = "Predictions are logged and wait on disk for the broker: {Reason}")]
    public static partial void BrokerAway(ILogger logger, string reason);

    [LoggerMessage(EventId = 64, Level = LogLevel.Warning, Message = "The prediction log in {Path} cannot be written, trying again: {Reason}")]
    public static partial void NotWritable(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 65, Level = LogLevel.Warning, Message = "Cut {Bytes} bytes off {Segment}: a record that was not written to its end")]
    public static partial void Cut(ILogger logger, long bytes, string segment);

    [LoggerMessage(EventId = 66, Level = LogLevel.Information, Message = "Took over the prediction log {Folder}, whose replica is gone")]
    public static partial void Adopted(ILogger logger, string folder);

    [LoggerMessage(EventId = 67, Level = LogLevel.Information, Message = "Stopped publishing predictions, {Bytes} bytes wait for the next start")]
    public static partial void Stopped(ILogger logger, long bytes);
}

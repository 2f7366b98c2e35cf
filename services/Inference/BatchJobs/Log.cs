namespace ModelOps.Inference.BatchJobs;

internal static partial class Log
{
    [LoggerMessage(EventId = 90, Level = LogLevel.Information, Message = "Batch job {Job} runs")]
    public static partial void Started(ILogger logger, string job);

    [LoggerMessage(EventId = 91, Level = LogLevel.Information, Message = "Batch job {Job} is {State}: {Rows} rows, {Rejected} rejected")]
    public static partial void Ended(ILogger logger, string job, BatchJobState state, long rows, long rejected);

    [LoggerMessage(EventId = 92, Level = LogLevel.Warning, Message = "Batch job {Job} failed: {Reason}")]
    public static partial void Failed(ILogger logger, string job, string reason);

    [LoggerMessage(EventId = 93, Level = LogLevel.Error, Message = "Batch job {Job} broke")]
    public static partial void Broke(ILogger logger, Exception error, string job);

    [LoggerMessage(EventId = 94, Level = LogLevel.Warning, Message = "The folder of batch jobs cannot be used, trying again: {Reason}")]
    public static partial void FolderUnusable(ILogger logger, string reason);
}

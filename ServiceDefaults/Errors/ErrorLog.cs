using Microsoft.Extensions.Logging;

namespace ModelOps.ServiceDefaults.Errors;

internal static partial class ErrorLog
{
    [LoggerMessage(EventId = 1, EventName = "UnexpectedError", Level = LogLevel.Error, Message = "{Call} failed unexpectedly")]
    public static partial void UnexpectedError(this ILogger logger, Exception exception, string call);

    [LoggerMessage(EventId = 2, EventName = "DependencyDown", Level = LogLevel.Warning, Message = "{Call} failed because something it needs does not answer: {Reason}")]
    public static partial void DependencyDown(this ILogger logger, string call, string reason);

    /// <summary>One record for one failed call, as loud as the failure is.</summary>
    public static void Failed(this ILogger logger, Failure failure, Exception exception, string call)
    {
        switch (failure.Severity)
        {
            case Severity.Bug:
                logger.UnexpectedError(exception, call);
                break;
            case Severity.Dependency:
                logger.DependencyDown(call, exception.GetBaseException().Message);
                break;
        }
    }
}

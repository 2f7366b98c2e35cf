using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

internal static partial class Log
{
    [LoggerMessage(6, LogLevel.Error, "Error when executing service method '{Method}'.", EventName = "ErrorExecutingServiceMethod")]
    public static partial void HandlerFailed(ILogger logger, string method, Exception exception);

    [LoggerMessage(7, LogLevel.Information, "Error status code '{StatusCode}' raised by '{Method}'.", EventName = "RpcConnectionError")]
    public static partial void RpcFailed(ILogger logger, StatusCode statusCode, string method, Exception exception);

    [LoggerMessage(12, LogLevel.Debug, "Deadline of '{Method}' exceeded.", EventName = "DeadlineExceeded")]
    public static partial void DeadlineExceeded(ILogger logger, string method);

    [LoggerMessage(22, LogLevel.Debug, "Service method '{Method}' ended after its call was cancelled.", EventName = "ServiceMethodCanceled")]
    public static partial void HandlerCancelled(ILogger logger, string method, Exception exception);

    [LoggerMessage(23, LogLevel.Debug, "The end of '{Method}' could not be sent.", EventName = "EndNotSent")]
    public static partial void EndNotSent(ILogger logger, string method, Exception exception);
}

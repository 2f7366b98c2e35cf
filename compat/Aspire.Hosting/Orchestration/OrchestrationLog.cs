using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

internal static partial class OrchestrationLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Resource} is {State}", EventName = "ResourceStateChanged")]
    public static partial void StateChanged(ILogger logger, string resource, string state);

    [LoggerMessage(2, LogLevel.Error, "{Resource} cannot start: {Reason}", EventName = "ResourceFailedToStart")]
    public static partial void FailedToStart(ILogger logger, string resource, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Resource} ended with exit code {ExitCode}; it starts again in {Delay}", EventName = "ResourceRestarting")]
    public static partial void Restarting(ILogger logger, string resource, int exitCode, TimeSpan delay);

    [LoggerMessage(4, LogLevel.Error, "{Resource} was lost: {Reason}", EventName = "ResourceLoopFailed")]
    public static partial void LoopFailed(ILogger logger, string resource, string reason);

    [LoggerMessage(6, LogLevel.Information, "Login to the dashboard at {Url}", EventName = "DashboardLogin")]
    public static partial void DashboardLogin(ILogger logger, string url);

    [LoggerMessage(7, LogLevel.Information, "Distributed application started. Press Ctrl+C to shut down.", EventName = "Started")]
    public static partial void Started(ILogger logger);

    [LoggerMessage(8, LogLevel.Warning, "The connection of {Resource} to a replica ended: {Reason}", EventName = "ProxyConnectionEnded")]
    public static partial void ProxyConnectionEnded(ILogger logger, string resource, string reason);

    [LoggerMessage(9, LogLevel.Information, "Using data under {Folder}", EventName = "DataRoot")]
    public static partial void DataRoot(ILogger logger, string folder);
}

using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Processes;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Name}: process {Id} did not stop in time and was killed", EventName = "Killed")]
    public static partial void Killed(ILogger logger, string name, int id);

    [LoggerMessage(2, LogLevel.Error, "{Name}: its output could not be handed on", EventName = "ListenerFailed")]
    public static partial void ListenerFailed(ILogger logger, string name, Exception exception);

    [LoggerMessage(3, LogLevel.Debug, "{Name}: output cut: {Reason}", EventName = "OutputCut")]
    public static partial void OutputCut(ILogger logger, string name, string reason);

    [LoggerMessage(4, LogLevel.Warning, "the process supervisor was killed; starting another", EventName = "SupervisorLost")]
    public static partial void SupervisorLost(ILogger logger);

    [LoggerMessage(5, LogLevel.Critical, "the process supervisor cannot be kept alive; stopping all processes", EventName = "Unguarded")]
    public static partial void Unguarded(ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "the dotnet run that started this application is gone; stopping everything", EventName = "ParentGone")]
    public static partial void ParentGone(ILogger logger);

    [LoggerMessage(7, LogLevel.Debug, "{Name}: started as process {Id}", EventName = "Started")]
    public static partial void Started(ILogger logger, string name, int id);

    [LoggerMessage(8, LogLevel.Debug, "the process supervisor could not be told: {Reason}", EventName = "GuardNotTold")]
    public static partial void GuardNotTold(ILogger logger, string reason);
}

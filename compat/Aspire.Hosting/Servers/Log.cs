using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Servers;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "data are kept in {Path}, because {Root} is closed to the user {User}", EventName = "DataElsewhere")]
    public static partial void DataElsewhere(ILogger logger, string path, string root, string user);

    [LoggerMessage(2, LogLevel.Information, "creating a database cluster in {Path}", EventName = "CreatingCluster")]
    public static partial void CreatingCluster(ILogger logger, string path);

    [LoggerMessage(3, LogLevel.Warning, "a cluster that was not finished is created again", EventName = "ClusterAgain")]
    public static partial void ClusterAgain(ILogger logger);

    [LoggerMessage(4, LogLevel.Information, "the password has changed; the stored one is replaced", EventName = "PasswordChanged")]
    public static partial void PasswordChanged(ILogger logger);
}

using Microsoft.Extensions.Logging;

namespace ModelOps.ServiceDefaults.Database;

internal static partial class MigrationLog
{
    [LoggerMessage(EventId = 1, EventName = "MigrationApplied", Level = LogLevel.Information, Message = "Applied migration {Migration}")]
    public static partial void MigrationApplied(this ILogger logger, string migration);

    [LoggerMessage(EventId = 2, EventName = "WaitingForDatabase", Level = LogLevel.Information, Message = "Waiting for database {Database}: {Reason}")]
    public static partial void WaitingForDatabase(this ILogger logger, string database, string reason);

    [LoggerMessage(EventId = 3, EventName = "DatabaseIsNewer", Level = LogLevel.Warning, Message = "The database has {Count} migrations that this version does not know: it was upgraded by a newer version")]
    public static partial void DatabaseIsNewer(this ILogger logger, int count);
}

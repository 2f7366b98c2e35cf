using ModelOps.Inference.Models;

namespace ModelOps.Inference.DesiredState;

internal static partial class Log
{
    [LoggerMessage(EventId = 40, Level = LogLevel.Information, Message = "Ignored desired state {Older}, which is older than {Current}")]
    public static partial void OlderStateIgnored(ILogger logger, long older, long current);

    [LoggerMessage(EventId = 41, Level = LogLevel.Information, Message = "Unloaded {Version}; requests under way are still answered")]
    public static partial void Unloaded(ILogger logger, VersionKey version);

    [LoggerMessage(EventId = 42, Level = LogLevel.Warning, Message = "Could not load {Version}, trying again: {Reason}")]
    public static partial void LoadWillBeTriedAgain(ILogger logger, VersionKey version, string reason);

    [LoggerMessage(EventId = 43, Level = LogLevel.Warning, Message = "Failed to load {Version}: {Reason}")]
    public static partial void LoadFailed(ILogger logger, VersionKey version, string reason);

    [LoggerMessage(EventId = 44, Level = LogLevel.Information, Message = "Gave up loading {Version}, which is no longer wanted")]
    public static partial void LoadDropped(ILogger logger, VersionKey version);

    [LoggerMessage(EventId = 45, Level = LogLevel.Error, Message = "Loading {Version} broke")]
    public static partial void LoadBroke(ILogger logger, Exception error, VersionKey version);

    [LoggerMessage(EventId = 46, Level = LogLevel.Information, Message = "Connected to the gateway as {InstanceId}, reachable at {HttpAddress} and {GrpcAddress}")]
    public static partial void Connected(ILogger logger, string instanceId, string httpAddress, string grpcAddress);

    [LoggerMessage(EventId = 47, Level = LogLevel.Warning, Message = "Lost the gateway, serving what is held: {Reason}")]
    public static partial void Disconnected(ILogger logger, string reason);

    [LoggerMessage(EventId = 49, Level = LogLevel.Information, Message = "Unloaded {Version}, not used since {LastUsed}, to make room for {Other}")]
    public static partial void Evicted(ILogger logger, VersionKey version, VersionKey other, DateTimeOffset lastUsed);

    [LoggerMessage(EventId = 48, Level = LogLevel.Information, Message = "Left the gateway")]
    public static partial void Stopped(ILogger logger);
}

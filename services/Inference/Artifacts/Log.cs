using ModelOps.Inference.Models;

namespace ModelOps.Inference.Artifacts;

internal static partial class Log
{
    [LoggerMessage(EventId = 20, Level = LogLevel.Information, Message = "Downloaded {Version}, SHA-256 {Sha256}")]
    public static partial void Downloaded(ILogger logger, VersionKey version, string sha256);

    [LoggerMessage(EventId = 21, Level = LogLevel.Warning, Message = "The cached file of {Sha256} no longer has that digest; it was deleted and is downloaded again")]
    public static partial void CorruptFileDropped(ILogger logger, string sha256);
}

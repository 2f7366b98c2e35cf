namespace Grpc.Wire;

/// <summary>Names and values the protocol fixes.</summary>
internal static class WireNames
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Identity = "identity";

    /// <summary>Not of the wire: how a caller or a service asks Grpc.Net to compress what it sends.</summary>
    public const string EncodingRequest = "grpc-internal-encoding-request";

    public const int DefaultMaxReceiveMessageSize = 4 * 1024 * 1024;

    /// <summary>Flag byte and length before each message.</summary>
    public const int FrameHeaderSize = 5;

    /// <summary>Whether a content type is <c>application/grpc</c>, with any message format or parameter after it.</summary>
    public static bool IsGrpcContentType(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');

    /// <summary>Whether a header belongs to HTTP or to the protocol, so that it is no metadata.</summary>
    public static bool IsReserved(string name) => name.Length == 0 || name[0] == ':' || name.ToLowerInvariant() switch
    {
        "content-type" or "te" or "host" or "accept-encoding" or "content-length" or "connection" or "transfer-encoding" => true,
        Status or Message or Timeout or Encoding or AcceptEncoding or EncodingRequest => true,
        _ => false,
    };
}

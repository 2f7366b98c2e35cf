using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>The status that a failure of HTTP means, by the protocol's tables.</summary>
internal static class ClientFailures
{
    public static Status StatusOf(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpProtocolException protocol)
            {
                return new Status(CodeOfReset(protocol.ErrorCode), Describe(exception), exception);
            }
        }
        var code = exception switch
        {
            OperationCanceledException => StatusCode.Cancelled,
            // A request that could not even be formed will not be better elsewhere; all others failed on their way.
            HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: not (IOException or SocketException) } =>
                StatusCode.Internal,
            HttpRequestException or IOException or SocketException or ObjectDisposedException => StatusCode.Unavailable,
            _ => StatusCode.Internal,
        };
        return new Status(code, Describe(exception), exception);
    }

    public static StatusCode CodeOfHttp(HttpStatusCode status) => (int)status switch
    {
        400 => StatusCode.Internal,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.Unimplemented,
        429 or 502 or 503 or 504 => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <summary>HTTP/2 error codes of RST_STREAM and GOAWAY.</summary>
    private static StatusCode CodeOfReset(long errorCode) => errorCode switch
    {
        0x7 => StatusCode.Unavailable,
        0x8 => StatusCode.Cancelled,
        0xb => StatusCode.ResourceExhausted,
        0xc => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };

    private static string Describe(Exception exception) =>
        exception.InnerException is { } inner && !exception.Message.Contains(inner.Message, StringComparison.Ordinal)
            ? $"Error in gRPC call. {exception.GetType().Name}: {exception.Message} {inner.GetType().Name}: {inner.Message}"
            : $"Error in gRPC call. {exception.GetType().Name}: {exception.Message}";
}

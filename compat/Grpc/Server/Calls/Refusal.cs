using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Answers requests that never become calls.</summary>
internal static class Refusal
{
    /// <summary>The answer to a request that cannot be a call, or null when it can.</summary>
    public static Task? OfRequest(HttpContext http)
    {
        if (!WireNames.IsGrpcContentType(http.Request.ContentType))
        {
            var error = string.IsNullOrEmpty(http.Request.ContentType)
                ? "Content-Type is missing from the request."
                : $"Content-Type '{http.Request.ContentType}' is not supported.";
            return Answer(http, StatusCodes.Status415UnsupportedMediaType, StatusCode.Internal, error);
        }
        return HttpProtocol.IsHttp2(http.Request.Protocol) || HttpProtocol.IsHttp3(http.Request.Protocol)
            ? null
            : Answer(
                http, StatusCodes.Status426UpgradeRequired, StatusCode.Internal, $"Request protocol '{http.Request.Protocol}' is not supported.");
    }

    public static Task UnimplementedAsync(HttpContext http, string detail) =>
        OfRequest(http) ?? Answer(http, StatusCodes.Status200OK, StatusCode.Unimplemented, detail);

    private static Task Answer(HttpContext http, int httpStatus, StatusCode code, string detail)
    {
        var response = http.Response;
        response.StatusCode = httpStatus;
        if (httpStatus == StatusCodes.Status200OK)
        {
            response.ContentType = WireNames.ContentType;
        }
        else if (httpStatus == StatusCodes.Status426UpgradeRequired)
        {
            response.Headers.Upgrade = "HTTP/2";
        }
        ResponseStatus.Write(response.Headers, new Status(code, detail));
        return Task.CompletedTask;
    }
}

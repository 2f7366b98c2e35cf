using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Writes how a call ended.</summary>
internal static class ResponseStatus
{
    private static readonly StringValues[] Codes =
        [.. Enumerable.Range(0, 17).Select(code => new StringValues(code.ToString(CultureInfo.InvariantCulture)))];

    public static void Write(IHeaderDictionary destination, Status status)
    {
        var code = (int)status.StatusCode;
        destination.GrpcStatus = code >= 0 && code < Codes.Length ? Codes[code] : code.ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(status.Detail))
        {
            destination.GrpcMessage = PercentEncoding.Encode(status.Detail);
        }
    }
}

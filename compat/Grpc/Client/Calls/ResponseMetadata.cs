using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>What a response's headers or trailers say.</summary>
internal static class ResponseMetadata
{
    public static Metadata Read(HttpResponseHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                WireMetadata.AddReceived(metadata, name, value);
            }
        }
        return metadata;
    }

    /// <summary>The status, or null when there is none.</summary>
    public static Status? ReadStatus(HttpResponseHeaders headers)
    {
        if (FirstValue(headers, WireNames.Status) is not { } text)
        {
            return null;
        }
        var detail = PercentEncoding.Decode(FirstValue(headers, WireNames.Message) ?? "");
        if (text == "0")
        {
            return new Status(StatusCode.OK, detail);
        }
        // The protocol lets a client take a code it does not know as Unknown.
        return int.TryParse(text, System.Globalization.NumberStyles.None, null, out var code) && code <= (int)StatusCode.Unauthenticated
            ? new Status((StatusCode)code, detail)
            : new Status(StatusCode.Unknown, detail.Length > 0 ? detail : $"Unexpected grpc-status value: {text}");
    }

    /// <summary>The value as it came, unparsed.</summary>
    public static string? FirstValue(HttpHeaders headers, string name)
    {
        if (headers.NonValidated.TryGetValues(name, out var values))
        {
            foreach (var value in values)
            {
                return value;
            }
        }
        return null;
    }
}

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;

namespace ModelOps.Grpc.Tests.Hosting;

/// <summary>What came back, read by hand.</summary>
internal sealed record RawAnswer(
    HttpStatusCode HttpStatus, StatusCode? Code, string Message, byte[] Body, bool TrailersOnly, HttpResponseHeaders Headers, HttpResponseHeaders Trailers)
{
    public int Messages
    {
        get
        {
            var count = 0;
            for (var at = 0; at + 5 <= Body.Length; count++)
            {
                at += 5 + ((Body[at + 1] << 24) | (Body[at + 2] << 16) | (Body[at + 3] << 8) | Body[at + 4]);
            }
            return count;
        }
    }

    public static RawAnswer Of(HttpResponseMessage response, byte[] body)
    {
        var trailersOnly = response.Headers.Contains("grpc-status");
        var status = trailersOnly ? response.Headers : response.TrailingHeaders;
        var code = status.TryGetValues("grpc-status", out var codes) ? (StatusCode?)int.Parse(codes.Single(), CultureInfo.InvariantCulture) : null;
        var message = status.TryGetValues("grpc-message", out var messages) ? messages.Single() : "";
        return new RawAnswer(response.StatusCode, code, message, body, trailersOnly, response.Headers, response.TrailingHeaders);
    }
}

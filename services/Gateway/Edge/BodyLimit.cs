using Microsoft.AspNetCore.Http.Features;

namespace ModelOps.Gateway.Edge;

/// <summary>How large a request's body may be.</summary>
internal static class BodyLimit
{
    /// <summary>Sets the limit of this request.</summary>
    /// <returns>The error to answer with when the body says by its length that it is over the limit.</returns>
    public static EdgeError? Set(HttpContext context, long bytes)
    {
        var tooLong = context.Request.ContentLength > bytes;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            // A body that is not read after all has no limit: the server then drops it for some seconds instead of closing the
            // connection under a client that is still sending and would never see the answer.
            feature.MaxRequestBodySize = tooLong ? null : bytes;
        }
        return tooLong ? EdgeError.TooLarge("body", $"must have at most {bytes} bytes") : null;
    }

    /// <summary>Lifts the limit, for a stream of messages that each have one of their own.</summary>
    public static void Lift(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = null;
        }
    }

    /// <summary>Counts the body while it is forwarded: the proxy lifts the server's limit from what looks like a stream.</summary>
    public static void Count(HttpContext context, long bytes) => context.Request.Body = new LimitedBody(context.Request.Body, bytes);
}

using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace ModelOps.ServiceDefaults.Errors;

/// <summary>Answers a failed request in its own protocol: problem+json (RFC 9457) or a gRPC status.</summary>
internal static class ProblemWriter
{
    private const string GrpcContentType = "application/grpc";

    public static Task WriteAsync(HttpContext context, int http, StatusCode grpc, string detail) =>
        WriteAsync(context, new Failure(http, grpc, detail));

    public static Task WriteAsync(HttpContext context, Failure failure)
    {
        if (IsGrpc(context.Request))
        {
            WriteGrpc(context.Response, failure);
            return Task.CompletedTask;
        }
        if (failure.RetryAfter is { } delay)
        {
            context.Response.Headers[HeaderNames.RetryAfter] = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
        return TypedResults.Problem(Describe(failure)).ExecuteAsync(context);
    }

    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith(GrpcContentType, StringComparison.OrdinalIgnoreCase) == true
        && !request.ContentType.StartsWith(GrpcContentType + "-web", StringComparison.OrdinalIgnoreCase);

    private static ProblemDetails Describe(Failure failure)
    {
        var problem = new ProblemDetails
        {
            Status = failure.Http,
            Title = ReasonPhrases.GetReasonPhrase(failure.Http),
            Detail = failure.Detail,
        };
        if (failure.Field is not null)
        {
            problem.Extensions["field"] = failure.Field;
            problem.Extensions["rule"] = failure.Rule;
        }
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            problem.Extensions["trace_id"] = activity.TraceId.ToHexString();
        }
        return problem;
    }

    /// <summary>A trailers-only answer: status and message in the headers, no body.</summary>
    private static void WriteGrpc(HttpResponse response, Failure failure)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = GrpcContentType;
        response.Headers["grpc-status"] = ((int)failure.Grpc).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(failure.Detail);
    }
}

using System.Diagnostics;
using Grpc.Core;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace ModelOps.Gateway.Edge;

/// <summary>What the gateway itself answers when a call does not reach, or does not come back from, where it was going.</summary>
/// <param name="HttpStatus">Status of a REST answer.</param>
/// <param name="Code">Status of a gRPC answer.</param>
/// <param name="Message">What is wrong, one sentence; with a field, the rule it breaks.</param>
/// <param name="Field">The part of the request that is wrong, when it is one.</param>
internal sealed record EdgeError(int HttpStatus, StatusCode Code, string Message, string? Field = null)
{
    private string Detail => Field is null ? Message : $"{Field}: {Message}";

    public static EdgeError Invalid(string field, string rule) => new(StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, rule, field);

    public static EdgeError NotFound(string message) => new(StatusCodes.Status404NotFound, StatusCode.NotFound, message);

    public static EdgeError Unimplemented(string message) => new(StatusCodes.Status404NotFound, StatusCode.Unimplemented, message);

    public static EdgeError NotHere(string message) => new(StatusCodes.Status501NotImplemented, StatusCode.Unimplemented, message);

    public static EdgeError TooLarge(string field, string rule) => new(StatusCodes.Status413PayloadTooLarge, StatusCode.ResourceExhausted, rule, field);

    public static EdgeError Unavailable(string message) => new(StatusCodes.Status503ServiceUnavailable, StatusCode.Unavailable, message);

    public static EdgeError TimedOut(string message) => new(StatusCodes.Status504GatewayTimeout, StatusCode.DeadlineExceeded, message);

    /// <summary>Answers a call in its own dialect. Does nothing when an answer is already on its way.</summary>
    public Task WriteAsync(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        context.Response.Clear();
        return Dialects.Of(context.Request) switch
        {
            Dialect.Grpc => WriteStatus(context.Response),
            Dialect.OpenInference => Results.Json(new OpenInferenceError(Detail), EdgeJson.Default.OpenInferenceError, statusCode: HttpStatus).ExecuteAsync(context),
            _ => TypedResults.Problem(ToProblem()).ExecuteAsync(context),
        };
    }

    // A trailers-only answer: the status is in the one header block, and no body follows.
    private Task WriteStatus(HttpResponse response)
    {
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)Code).ToString();
        response.Headers["grpc-message"] = Uri.EscapeDataString(Detail);
        return response.CompleteAsync();
    }

    private ProblemDetails ToProblem()
    {
        var problem = new ProblemDetails { Status = HttpStatus, Title = ReasonPhrases.GetReasonPhrase(HttpStatus), Detail = Detail };
        if (Field is not null)
        {
            (problem.Extensions["field"], problem.Extensions["rule"]) = (Field, Message);
        }
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            problem.Extensions["trace_id"] = activity.TraceId.ToHexString();
        }
        return problem;
    }
}

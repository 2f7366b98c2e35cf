using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ModelOps.ServiceDefaults.Errors;

/// <summary>Whatever escapes an endpoint becomes one log record and one answer without details; an error without a body gets one.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (IsBareError(context.Response))
            {
                await ErrorExtensions.ExplainAsync(context);
            }
        }
        catch (Exception exception)
        {
            var failure = FailureClassifier.Of(exception, callerLeft: context.RequestAborted.IsCancellationRequested);
            logger.Failed(failure, exception, $"{context.Request.Method} {context.Request.Path}");
            if (context.Response.HasStarted)
            {
                context.Abort(); // Half an answer must not look whole.
                return;
            }
            context.Response.Clear();
            await ProblemWriter.WriteAsync(context, failure);
        }
    }

    /// <summary>An error that routing or a protocol set, and for which nobody wrote a word.</summary>
    private static bool IsBareError(HttpResponse response) =>
        response is { StatusCode: >= 400 and < 600, HasStarted: false, ContentLength: null } && string.IsNullOrEmpty(response.ContentType);
}

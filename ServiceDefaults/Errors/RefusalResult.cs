using Microsoft.AspNetCore.Http;

namespace ModelOps.ServiceDefaults.Errors;

/// <summary>A refusal as the answer of an endpoint.</summary>
internal sealed class RefusalResult(Refusal refusal) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => refusal.Kind.ToHttp();

    public Task ExecuteAsync(HttpContext httpContext) => ProblemWriter.WriteAsync(httpContext, Failure.Of(refusal));
}

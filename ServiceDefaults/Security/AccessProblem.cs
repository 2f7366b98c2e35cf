using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.ServiceDefaults.Security;

/// <summary>The answers to callers that are unknown or may not, in the caller's protocol.</summary>
internal static class AccessProblem
{
    private const string Unknown = "a valid credential is required: send 'Authorization: Bearer <key>' or 'X-API-Key: <key>'";

    public static Task UnauthenticatedAsync(HttpContext context)
    {
        context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return ProblemWriter.WriteAsync(context, StatusCodes.Status401Unauthorized, StatusCode.Unauthenticated, Unknown);
    }

    public static Task ForbiddenAsync(HttpContext context) =>
        ProblemWriter.WriteAsync(
            context, StatusCodes.Status403Forbidden, StatusCode.PermissionDenied, "the credential does not have the scope that this call needs");
}

using Grpc.AspNetCore.Server.Calls;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

/// <summary>The way from a gRPC call to its HTTP request.</summary>
public static class ServerCallContextExtensions
{
    /// <exception cref="InvalidOperationException">The call does not run on ASP.NET Core.</exception>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext)
    {
        ArgumentNullException.ThrowIfNull(serverCallContext);
        if (serverCallContext is HttpContextServerCallContext call)
        {
            return call.HttpContext;
        }
        // A context of another kind, made by a test, may carry the request among its values.
        return serverCallContext.UserState.TryGetValue("__HttpContext", out var value) && value is HttpContext http
            ? http
            : throw new InvalidOperationException(
                "Could not get HttpContext from ServerCallContext. HttpContext can only be accessed when gRPC services are hosted by ASP.NET Core.");
    }
}

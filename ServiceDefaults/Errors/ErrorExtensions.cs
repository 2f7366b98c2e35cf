using System.Text.Json;
using System.Text.Json.Serialization;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ModelOps.ServiceDefaults.Errors;

/// <summary>Errors in the caller's protocol, whoever makes them.</summary>
internal static class ErrorExtensions
{
    public static void AddErrors(this IHostApplicationBuilder builder)
    {
        // The binder's complaints reach the middleware as exceptions, where they become a field and a rule.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.Configure<JsonOptions>(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.SerializerOptions.DictionaryKeyPolicy = null;
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.RespectNullableAnnotations = true;
            options.SerializerOptions.RespectRequiredConstructorParameters = true;
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        });
        builder.Services.AddSingleton<FailureInterceptor>();
        builder.Services.AddGrpc(options => options.Interceptors.Add<FailureInterceptor>());
        builder.Services.AddGrpcReflection();
    }

    public static void UseErrors(this WebApplication app) => app.UseMiddleware<ProblemMiddleware>();

    /// <summary>Says in words what a status without a body means.</summary>
    public static Task ExplainAsync(HttpContext context)
    {
        var http = context.Response.StatusCode;
        return ProblemWriter.WriteAsync(context, http, FromHttp(http), Explain(context, http));
    }

    private static string Explain(HttpContext context, int status) => status switch
    {
        StatusCodes.Status404NotFound => $"there is nothing at {context.Request.Path}",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Path} does not answer {context.Request.Method}",
        StatusCodes.Status415UnsupportedMediaType => $"the content type {context.Request.ContentType ?? "(none)"} is not supported here",
        _ => ReasonPhrases.GetReasonPhrase(status),
    };

    /// <summary>As the gRPC protocol maps HTTP statuses.</summary>
    private static StatusCode FromHttp(int status) => status switch
    {
        StatusCodes.Status400BadRequest => StatusCode.Internal,
        StatusCodes.Status401Unauthorized => StatusCode.Unauthenticated,
        StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
        StatusCodes.Status404NotFound => StatusCode.Unimplemented,
        StatusCodes.Status413PayloadTooLarge => StatusCode.ResourceExhausted,
        StatusCodes.Status429TooManyRequests or (>= 502 and <= 504) => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}

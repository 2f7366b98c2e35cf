using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Errors as the protocol's REST form has them: <c>{"error": "..."}</c>.</summary>
internal static class RestErrors
{
    public static IResult Result(Refusal refusal) =>
        Results.Json(new ErrorBody(refusal.Detail), WireJson.Default.ErrorBody, statusCode: refusal.Kind.ToHttp());

    /// <summary>Gives answers a body that have none: to addresses that there are not, and to methods that an address does not take.</summary>
    public static Task ExplainAsync(StatusCodeContext context)
    {
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);
        var error = response.StatusCode switch
        {
            StatusCodes.Status404NotFound => $"there is nothing at {request.Path}",
            StatusCodes.Status405MethodNotAllowed => $"{request.Path} does not answer {request.Method}",
            var status => ReasonPhrases.GetReasonPhrase(status),
        };
        return response.WriteAsJsonAsync(new ErrorBody(error), WireJson.Default.ErrorBody, cancellationToken: request.HttpContext.RequestAborted);
    }

    public static Task WriteAsync(HttpResponse response, Refusal refusal, CancellationToken ct)
    {
        response.StatusCode = refusal.Kind.ToHttp();
        return response.WriteAsJsonAsync(new ErrorBody(refusal.Detail), WireJson.Default.ErrorBody, cancellationToken: ct);
    }
}

internal sealed record ErrorBody(string Error);

internal sealed record ServerBody(string Name, string Version, string[] Extensions);

internal sealed record LiveBody(bool Live);

internal sealed record ReadyBody(bool Ready);

internal sealed record ModelReadyBody(string Name, bool Ready);

internal sealed record ModelsBody(string[] Models);

internal sealed record TensorBody(string Name, string Datatype, long[] Shape);

internal sealed record ModelBody(string Name, string[] Versions, string Platform, TensorBody[] Inputs, TensorBody[] Outputs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ServerBody))]
[JsonSerializable(typeof(LiveBody))]
[JsonSerializable(typeof(ReadyBody))]
[JsonSerializable(typeof(ModelReadyBody))]
[JsonSerializable(typeof(ModelBody))]
[JsonSerializable(typeof(ModelsBody))]
internal sealed partial class WireJson : JsonSerializerContext;

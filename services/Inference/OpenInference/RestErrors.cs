using System.Text.Json.Serialization;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Errors as the protocol's REST form has them: <c>{"error": "..."}</c>.</summary>
internal static class RestErrors
{
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

internal sealed record TensorBody(string Name, string Datatype, long[] Shape);

internal sealed record ModelBody(string Name, string[] Versions, string Platform, TensorBody[] Inputs, TensorBody[] Outputs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ServerBody))]
[JsonSerializable(typeof(LiveBody))]
[JsonSerializable(typeof(ReadyBody))]
[JsonSerializable(typeof(ModelReadyBody))]
[JsonSerializable(typeof(ModelBody))]
internal sealed partial class WireJson : JsonSerializerContext;

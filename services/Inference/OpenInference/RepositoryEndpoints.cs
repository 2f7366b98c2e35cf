using System.Buffers;
using System.Text.Json;
using Google.Protobuf.Collections;
using ModelOps.Contracts.OpenInference;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>The protocol's repository calls over REST.</summary>
internal static class RepositoryEndpoints
{
    public static void MapRepository(this IEndpointRouteBuilder v2)
    {
        v2.MapPost("/repository/index", (HttpContext http, RequestBody bodies, RepositoryHandler repository) => IndexAsync(http, "", bodies, repository));
        v2.MapPost("/repository/{name}/index", (HttpContext http, string name, RequestBody bodies, RepositoryHandler repository) => IndexAsync(http, name, bodies, repository));
        v2.MapPost("/repository/models/{model}/load", LoadAsync);
        v2.MapPost("/repository/models/{model}/unload", UnloadAsync);
    }

    private static async Task<IResult> IndexAsync(HttpContext http, string name, RequestBody bodies, RepositoryHandler repository)
    {
        var readyOnly = await bodies.ReadOptionalAsync(http.Request, ReadReady, http.RequestAborted);
        var index = readyOnly.Then(ready => repository.Index(name, ready));
        return index.Value is { } found ? ProtocolJsonResult.Of(found.Models) : RestErrors.Result(index.Refusal!);
    }

    private static async Task<IResult> LoadAsync(HttpContext http, string model, RequestBody bodies, RepositoryHandler repository)
    {
        var request = new RepositoryModelLoadRequest { ModelName = model };
        var read = await bodies.ReadOptionalAsync(http.Request, body => ReadParameters(body, request.Parameters), http.RequestAborted);
        var refusal = read.Refusal ?? (await repository.LoadAsync(request, http.RequestAborted)).Refusal;
        return refusal is null ? Results.Ok() : RestErrors.Result(refusal);
    }

    private static async Task<IResult> UnloadAsync(HttpContext http, string model, RequestBody bodies, RepositoryHandler repository)
    {
        var request = new RepositoryModelUnloadRequest { ModelName = model };
        var read = await bodies.ReadOptionalAsync(http.Request, body => ReadParameters(body, request.Parameters), http.RequestAborted);
        var refusal = read.Refusal ?? repository.Unload(request).Refusal;
        return refusal is null ? Results.Ok() : RestErrors.Result(refusal);
    }

    private static Outcome<bool> ReadReady(ReadOnlySequence<byte> body)
    {
        using var json = Parse(body);
        if (json.RootElement.ValueKind != JsonValueKind.Object)
        {
            return Refusal.Invalid("body", "must be a JSON object");
        }
        if (!json.RootElement.TryGetProperty("ready", out var ready))
        {
            return false;
        }
        return ready.ValueKind is JsonValueKind.True or JsonValueKind.False ? ready.GetBoolean() : Refusal.Invalid("ready", "must be a boolean");
    }

    private static Outcome<bool> ReadParameters(ReadOnlySequence<byte> body, MapField<string, ModelRepositoryParameter> parameters)
    {
        using var json = Parse(body);
        if (json.RootElement.ValueKind != JsonValueKind.Object)
        {
            return Refusal.Invalid("body", "must be a JSON object");
        }
        if (!json.RootElement.TryGetProperty("parameters", out var members))
        {
            return true;
        }
        if (members.ValueKind != JsonValueKind.Object)
        {
            return Refusal.Invalid("parameters", "must be an object");
        }
        foreach (var member in members.EnumerateObject())
        {
            if (ValueOf(member.Value) is not { } value)
            {
                return Refusal.Invalid($"parameters.{member.Name}", "must be a boolean, an integer or a string");
            }
            parameters[member.Name] = value;
        }
        return true;
    }

    private static ModelRepositoryParameter? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => new() { BoolParam = value.GetBoolean() },
        JsonValueKind.String => new() { StringParam = value.GetString() },
        JsonValueKind.Number when value.TryGetInt64(out var number) => new() { Int64Param = number },
        _ => null,
    };

    private static JsonDocument Parse(ReadOnlySequence<byte> body) => body.IsEmpty ? JsonDocument.Parse("{}") : JsonDocument.Parse(body);
}

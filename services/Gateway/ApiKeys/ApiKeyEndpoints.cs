using System.Text.Json.Serialization;
using ModelOps.Gateway.Edge;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.ApiKeys;

/// <summary>Key management over REST, for admins. No rule lives here.</summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/api/v1/keys").RequireAuthorization(Policies.Admin);
        group.MapPost("", CreateAsync).WithMetadata(JsonBody.Limit);
        group.MapGet("", ListAsync);
        group.MapDelete("/{id}", RevokeAsync);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, ApiKeyCommands commands, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync(context.Request, ApiKeyJson.Default.NewKey, ct);
        if (body.Value is not { } wish)
        {
            return body.Refusal!.ToResult();
        }
        context.Response.Headers.CacheControl = "no-store"; // the answer holds a secret
        return (await commands.CreateAsync(wish, context.User.Identity!.Name!, ct)).ToResult(created => Results.Json(
            ApiKeyBody.Of(created.Key, created.Secret), ApiKeyJson.Default.ApiKeyBody, statusCode: StatusCodes.Status201Created));
    }

    private static async Task<IResult> ListAsync(HttpRequest request, ApiKeyCommands commands, CancellationToken ct)
    {
        var (size, token) = PageQuery.Of(request.Query);
        return (await commands.ListAsync(size, token, ct)).ToResult(page => Results.Json(
            new ApiKeyListBody([.. page.Keys.Select(key => ApiKeyBody.Of(key, secret: null))], page.NextPageToken), ApiKeyJson.Default.ApiKeyListBody));
    }

    private static async Task<IResult> RevokeAsync(string id, ApiKeyCommands commands, CancellationToken ct) =>
        (await commands.RevokeAsync(id, ct)).ToResult(_ => Results.NoContent());
}

/// <summary>A key in JSON; the secret only in the answer to its creation.</summary>
internal sealed record ApiKeyBody(
    Guid Id,
    string Name,
    string Hint,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreateTime,
    string CreatedBy,
    DateTimeOffset? ExpireTime,
    DateTimeOffset? RevokeTime,
    DateTimeOffset? LastUsedTime,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key)
{
    public static ApiKeyBody Of(StoredKey key, string? secret) => new(
        key.Id, key.Name, key.Hint, [.. key.Scopes.Select(ScopeRules.NameOf)], key.CreateTime, key.CreatedBy, key.ExpireTime, key.RevokeTime, key.LastUsedTime, secret);
}

/// <summary>A page of keys.</summary>
internal sealed record ApiKeyListBody(IReadOnlyList<ApiKeyBody> Keys, string NextPageToken);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(ApiKeyBody))]
[JsonSerializable(typeof(ApiKeyListBody))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;

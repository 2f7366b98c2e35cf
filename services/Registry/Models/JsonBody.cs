using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Models;

/// <summary>Small JSON bodies of requests.</summary>
internal static class JsonBody
{
    /// <summary>Metadata of endpoints that read one.</summary>
    public static IRequestSizeLimitMetadata Limit { get; } = new BodyLimit(64 << 10);

    /// <summary>Reads the body, whatever content type it says it has.</summary>
    public static async Task<Outcome<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        var body = await JsonSerializer.DeserializeAsync(request.Body, type, ct);
        return body is not null ? body : Refusal.Invalid("body", "must be a JSON object");
    }
}

/// <summary>How large a body may be.</summary>
internal sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;

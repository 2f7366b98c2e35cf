using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Gateway.Edge;

/// <summary>Small JSON bodies.</summary>
internal static class JsonBody
{
    /// <summary>Endpoint metadata: no command needs more.</summary>
    public static IRequestSizeLimitMetadata Limit { get; } = new SizeLimit(64 << 10);

    /// <summary>Reads a body. What cannot be read at all ends the request with the field and the rule, by its exception.</summary>
    public static async Task<Outcome<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class =>
        await JsonSerializer.DeserializeAsync(request.Body, type, ct) is { } body ? body : Refusal.Invalid("body", "must be a JSON object");

    private sealed record SizeLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}

namespace Aspire.Hosting.Projects;

/// <summary>An endpoint in a project's <c>Kestrel:Endpoints</c>.</summary>
internal sealed record KestrelEndpoint(string Name, string Scheme, string Host, int? Port, bool IsHttp2)
{
    public static KestrelEndpoint Parse(string name, string url, string? protocols)
    {
        // "http://*:80" and "http://+:80" are addresses to Kestrel and none to Uri.
        var isWildcard = url.Contains("://*", StringComparison.Ordinal) || url.Contains("://+", StringComparison.Ordinal);
        var readable = url.Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://+", "://localhost", StringComparison.Ordinal);
        return Uri.TryCreate(readable, UriKind.Absolute, out var address)
            ? new(name, address.Scheme, isWildcard ? "*" : address.Host, address.Port > 0 ? address.Port : null,
                string.Equals(protocols, "Http2", StringComparison.OrdinalIgnoreCase))
            : throw new DistributedApplicationException($"Kestrel:Endpoints:{name}:Url is '{url}', which is no URL.");
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;

namespace ModelOps.ServiceDefaults.Discovery;

/// <summary>
/// Finds where a service is from the configuration section <c>services</c>, which the AppHost fills:
/// <c>http://registry</c> is <c>services:registry:http:0</c>, <c>http://_grpc.registry</c> is <c>services:registry:grpc:0</c>.
/// Several addresses take turns. An address whose host is no configured service is left as it is.
/// </summary>
internal sealed class ServiceEndpointResolver(IConfiguration configuration)
{
    private const string Section = "services";
    private readonly ConcurrentDictionary<string, StrongBox> _turns = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The address to call; null when the host is not a configured service.</summary>
    public Uri? Resolve(Uri uri)
    {
        var schemes = uri.Scheme.Split('+', StringSplitOptions.RemoveEmptyEntries);
        var (endpoint, service) = SplitHost(uri.Host);
        var known = configuration.GetSection(Section).GetSection(service);
        if (service.Length == 0 || !known.Exists())
        {
            return null;
        }

        var addresses = Addresses(known, endpoint is null ? ["default", .. schemes] : [endpoint]);
        var usable = addresses.Where(address => schemes.Contains(address.Scheme, StringComparer.OrdinalIgnoreCase)).ToArray();
        if (usable.Length == 0)
        {
            return null;
        }
        var turn = _turns.GetOrAdd(known.Path + endpoint, _ => new StrongBox());
        var chosen = usable[(uint)Interlocked.Increment(ref turn.Value) % (uint)usable.Length];
        return new UriBuilder(uri) { Scheme = chosen.Scheme, Host = chosen.Host, Port = chosen.Port }.Uri;
    }

    /// <summary><c>_grpc.registry</c> is the endpoint grpc of registry.</summary>
    private static (string? Endpoint, string Service) SplitHost(string host)
    {
        if (host.StartsWith('_') && host.IndexOf('.', StringComparison.Ordinal) is > 1 and var dot)
        {
            return (host[1..dot], host[(dot + 1)..]);
        }
        return (null, host);
    }

    private static List<Uri> Addresses(IConfigurationSection service, IEnumerable<string> endpoints)
    {
        var section = endpoints.Select(service.GetSection).FirstOrDefault(candidate => candidate.Exists());
        if (section is null)
        {
            return [];
        }
        string?[] values = section.Value is { } single ? [single] : [.. section.GetChildren().Select(child => child.Value)];
        return [.. values.Where(value => !string.IsNullOrWhiteSpace(value)).Select(value => Parse(value!)).OfType<Uri>()];
    }

    private static Uri? Parse(string value) =>
        Uri.TryCreate(value.Contains("://", StringComparison.Ordinal) ? value : $"http://{value}", UriKind.Absolute, out var uri) ? uri : null;

    private sealed class StrongBox
    {
        public int Value = -1;
    }
}

using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ModelOps.ServiceDefaults.Security;

/// <summary>
/// Knows calls that carry the service credential. They satisfy every policy, and services call each other too often to work that out
/// anew each time: such a call takes neither a handler nor a ticket nor claims of its own.
/// </summary>
internal sealed class ServiceCallers(IOptions<ServiceCredentialOptions> credential)
{
    private const int MostActors = 1_000;
    private const int MostCompared = 1_024;
    private static readonly ClaimsPrincipal Anonymous = PrincipalOf(ServiceAuthenticationHandler.Anonymous);
    private readonly byte[] _header = Encoding.Latin1.GetBytes($"Bearer {credential.Value.Key}");
    private readonly ConcurrentDictionary<string, ClaimsPrincipal> _actors = new(StringComparer.Ordinal);

    /// <summary>Who calls, as every policy wants to see it.</summary>
    public static ClaimsPrincipal PrincipalOf(string actor)
    {
        var identity = new ClaimsIdentity(ScopeClaims.Of(ApiKeyScope.Admin), Schemes.Service, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new(ClaimTypes.Name, actor));
        identity.AddClaim(new(ScopeClaims.Type, Policies.Service));
        return new(identity);
    }

    /// <summary>Lets a call in that carries the credential, and no API key beside it.</summary>
    /// <returns>False when it has to be authenticated as any other.</returns>
    public bool TryAdmit(HttpContext context)
    {
        var headers = context.Request.Headers;
        // The time this takes shows the credential's length, which everybody knows, and nothing of what is in it.
        if (!IsCredential(headers.Authorization.ToString()) || headers.ContainsKey(BearerToken.ApiKeyHeader))
        {
            return false;
        }
        context.User = headers[ActorName.Header].ToString() is { Length: > 0 } actor ? Named(actor) : Anonymous;
        return true;
    }

    private bool IsCredential(string header)
    {
        if (header.Length != _header.Length || header.Length > MostCompared)
        {
            return false;
        }
        Span<byte> bytes = stackalloc byte[header.Length];
        return Encoding.Latin1.GetBytes(header, bytes) == bytes.Length && CryptographicOperations.FixedTimeEquals(bytes, _header);
    }

    private ClaimsPrincipal Named(string header)
    {
        if (_actors.TryGetValue(header, out var known))
        {
            return known;
        }
        var principal = PrincipalOf(ActorName.Decode(header) ?? ServiceAuthenticationHandler.Anonymous);
        return _actors.Count < MostActors ? _actors.GetOrAdd(header, principal) : principal;
    }
}

/// <summary>Authentication and authorization of every caller.</summary>
internal static class CallerMiddleware
{
    public static void UseCallers(this WebApplication app)
    {
        var services = app.Services.GetRequiredService<ServiceCallers>();
        // By these marks a WebApplication sees that it need not add the two in front of everything by itself; a branch's own marks it does not see.
        var properties = ((IApplicationBuilder)app).Properties;
        (properties["__AuthenticationMiddlewareSet"], properties["__AuthorizationMiddlewareSet"]) = (true, true);
        app.UseWhen(context => !services.TryAdmit(context), others =>
        {
            others.UseAuthentication();
            others.UseAuthorization();
        });
    }
}

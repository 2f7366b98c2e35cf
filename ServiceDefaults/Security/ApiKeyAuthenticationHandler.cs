using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ModelOps.ServiceDefaults.Security;

/// <summary>Lets the holders of API keys in.</summary>
internal sealed class ApiKeyAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    IApiKeyStore store)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var text = Request.Headers[BearerToken.ApiKeyHeader] is [{ Length: > 0 } header] ? header : BearerToken.Read(Request);
        if (text is null)
        {
            return AuthenticateResult.NoResult();
        }
        if (text.Length > ApiKey.MaxLength)
        {
            return AuthenticateResult.Fail("the API key is too long");
        }

        var key = await store.FindAsync(ApiKey.HashOf(text), Context.RequestAborted);
        if (key is null || !key.IsUsable(TimeProvider.GetUtcNow()))
        {
            return AuthenticateResult.Fail("the API key is unknown, expired or revoked");
        }
        var identity = new ClaimsIdentity(ScopeClaims.Of(key.Scope), Scheme.Name, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new(ClaimTypes.Name, key.Name));
        return AuthenticateResult.Success(new(new(identity), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => AccessProblem.UnauthenticatedAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => AccessProblem.ForbiddenAsync(Context);
}

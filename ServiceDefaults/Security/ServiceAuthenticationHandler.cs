using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ModelOps.ServiceDefaults.Security;

/// <summary>Lets other services of the application in; the actor they name is trusted because of the credential beside it.</summary>
internal sealed class ServiceAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    IOptions<ServiceCredentialOptions> credential)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Name of a service that speaks for nobody.</summary>
    public const string Anonymous = "service";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerToken.Read(Request) is not { } token)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }
        if (!BearerToken.Matches(token, credential.Value.Key))
        {
            return Task.FromResult(AuthenticateResult.Fail("the bearer token is not the service credential"));
        }

        var actor = ActorName.Decode(Request.Headers[ActorName.Header]) ?? Anonymous;
        return Task.FromResult(AuthenticateResult.Success(new(ServiceCallers.PrincipalOf(actor), Scheme.Name)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => AccessProblem.UnauthenticatedAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => AccessProblem.ForbiddenAsync(Context);
}

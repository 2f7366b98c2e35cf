using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Hosting;

namespace ModelOps.ServiceDefaults.Security;

/// <summary>Closed by default: an endpoint that says nothing wants an authenticated caller.</summary>
public static class SecurityExtensions
{
    /// <summary>Beside the service credential, accepts the API keys that <typeparamref name="TStore"/> knows.</summary>
    public static IHostApplicationBuilder AddApiKeys<TStore>(this IHostApplicationBuilder builder)
        where TStore : class, IApiKeyStore
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<IApiKeyStore, TStore>();
        builder.Services.Configure<AuthenticationOptions>(options => options.DefaultScheme = Schemes.Either);
        new AuthenticationBuilder(builder.Services)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthenticationHandler>(Schemes.ApiKey, null)
            .AddPolicyScheme(Schemes.Either, null, options => options.ForwardDefaultSelector = context =>
            {
                // An API key may be any text, also one that was made elsewhere; what tells the two apart is the credential itself.
                var key = context.RequestServices.GetRequiredService<IOptions<ServiceCredentialOptions>>().Value.Key;
                return !context.Request.Headers.ContainsKey(BearerToken.ApiKeyHeader)
                    && BearerToken.Read(context.Request) is { } token
                    && BearerToken.Matches(token, key)
                    ? Schemes.Service
                    : Schemes.ApiKey;
            });
        return builder;
    }

    internal static void AddServiceSecurity(this IHostApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<ServiceCredentialOptions>(ServiceCredentialOptions.Section);
        builder.Services.AddSingleton<ServiceCredential>();
        builder.Services.AddSingleton<ServiceCallers>();
        // Calls of other services are let in before authorization, see ServiceCallers.
        builder.Services.Configure<RouteOptions>(options => options.SuppressCheckForUnhandledSecurityMetadata = true);
        builder.Services.AddHttpContextAccessor();
        // Not AddAuthentication: it brings data protection, which writes keys for cookies, of which there are none, into the home folder.
        builder.Services.AddWebEncoders();
        builder.Services.AddAuthenticationCore(options => options.DefaultScheme = Schemes.Service);
        new AuthenticationBuilder(builder.Services)
            .AddScheme<AuthenticationSchemeOptions, ServiceAuthenticationHandler>(Schemes.Service, null);

        var authorization = builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        foreach (var scope in ScopeClaims.Names)
        {
            authorization.AddPolicy(scope, policy => policy.RequireAuthenticatedUser().RequireClaim(ScopeClaims.Type, scope));
        }
    }
}

using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.Routing;

/// <summary>Speaks for callers towards the services behind the gateway.</summary>
internal sealed class UpstreamCredential(IOptions<ServiceCredentialOptions> credential)
{
    /// <summary>The headers a request of this caller is passed on with.</summary>
    public ForwardedHeaders For(HttpContext context, PredictionHeaders? prediction) =>
        new(credential.Value.Key, Uri.EscapeDataString(context.User.Identity!.Name!), prediction);
}

namespace ModelOps.ServiceDefaults.Discovery;

/// <summary>Sends a request that names a service to one of the service's addresses.</summary>
internal sealed class ServiceDiscoveryHandler(ServiceEndpointResolver resolver) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = request.RequestUri;
        if (asked is null || resolver.Resolve(asked) is not { } resolved)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        // A retry outside this handler has to see the name again, to take the next address.
        request.RequestUri = resolved;
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            request.RequestUri = asked;
        }
    }
}

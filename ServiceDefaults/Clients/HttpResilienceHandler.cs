namespace ModelOps.ServiceDefaults.Clients;

/// <summary>Runs HTTP requests through their server's pipeline.</summary>
internal sealed class HttpResilienceHandler(HttpPipelines pipelines) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // gRPC has deadlines and retries of its own, and calls that live as long as the process.
        if (request.Content?.Headers.ContentType?.MediaType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true)
        {
            return await base.SendAsync(request, cancellationToken);
        }
        return await pipelines.Get(request).ExecuteAsync(async ct => await base.SendAsync(request, ct), cancellationToken);
    }
}

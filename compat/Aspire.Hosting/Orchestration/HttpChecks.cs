using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Orchestration;

/// <summary>Asks addresses; healthy when every one of them answers with the expected status.</summary>
internal sealed class HttpAddressCheck(Func<IEnumerable<Uri>> addresses, string path, int expected) : IHealthCheck
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(1), AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            foreach (var address in addresses())
            {
                using var response = await Client.GetAsync(new Uri(address, path), HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                    .ConfigureAwait(false);
                if ((int)response.StatusCode != expected)
                {
                    return HealthCheckResult.Unhealthy($"{address} answered {path} with {(int)response.StatusCode}");
                }
            }

            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy(e is TaskCanceledException ? $"no answer to {path} within {Client.Timeout.TotalSeconds:0} s" : e.Message);
        }
    }
}

/// <summary>Asks every replica behind an endpoint.</summary>
internal sealed class HttpEndpointCheck(EndpointReference endpoint, string path, int expected) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        new HttpAddressCheck(Addresses, path, expected).CheckHealthAsync(context, cancellationToken);

    private IEnumerable<Uri> Addresses() =>
        ReplicaScope.Ports(endpoint.EndpointAnnotation).Select(port => new Uri($"{endpoint.Scheme}://{endpoint.Host}:{port}"));
}

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ModelOps.Gateway.Deployments;

/// <summary>A gateway takes no traffic before it has read the deployments once: it would call every model unknown.</summary>
internal sealed class DeploymentHealth(DeploymentCatalog catalog) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(catalog.Current is null ? HealthCheckResult.Unhealthy("the deployments were not read yet") : HealthCheckResult.Healthy());
}

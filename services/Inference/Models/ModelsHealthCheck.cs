using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ModelOps.Inference.Models;

/// <summary>
/// Shows what is loaded. A replica without models is healthy: it waits for the Gateway to say what to hold, and which
/// replicas take traffic for a model is decided by what they report, not by their health.
/// </summary>
internal sealed class ModelsHealthCheck(ModelCatalog catalog) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var versions = catalog.Now.Models.Values.SelectMany(model => model.Versions.Values).Select(version => version.Shown).ToList();
        var ready = versions.Count(version => version.State == LoadStage.Ready);
        var data = new Dictionary<string, object>
        {
            ["model_loaded"] = ready > 0,
            ["ready"] = ready,
            ["failed"] = versions.Count(version => version.State == LoadStage.Failed),
            ["loading"] = versions.Count(version => version.State == LoadStage.Loading),
        };
        return Task.FromResult(HealthCheckResult.Healthy($"{ready} of {versions.Count} versions ready", data));
    }
}

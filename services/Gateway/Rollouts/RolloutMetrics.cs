using System.Diagnostics;
using System.Diagnostics.Metrics;
using ModelOps.Gateway.Deployments;

namespace ModelOps.Gateway.Rollouts;

/// <summary>What is counted of rollouts.</summary>
internal sealed class RolloutMetrics
{
    private readonly DeploymentCatalog _catalog;
    private readonly Counter<long> _steps;
    private readonly Counter<long> _finished;

    public RolloutMetrics(IMeterFactory meters, DeploymentCatalog catalog)
    {
        _catalog = catalog;
        var meter = meters.Create("ModelOps.Gateway");
        _steps = meter.CreateCounter<long>("modelops.gateway.rollouts.steps", "{step}", "Changes of weight that this gateway decided.");
        _finished = meter.CreateCounter<long>("modelops.gateway.rollouts.finished", "{rollout}", "Rollouts that this gateway ended.");
        meter.CreateObservableGauge("modelops.gateway.rollouts.active", () => Tried().Count(), "{rollout}", "Rollouts under way.");
        meter.CreateObservableGauge("modelops.gateway.rollouts.weight", Weights, "%", "Share of keys on the candidate of a model.");
    }

    /// <summary>Records a change of weight.</summary>
    public void Stepped(Rollout rollout)
    {
        _steps.Add(1, new TagList { { "model", rollout.Key.Model }, { "state", rollout.Outcome } });
        if (!rollout.IsActive)
        {
            _finished.Add(1, new TagList { { "model", rollout.Key.Model }, { "outcome", rollout.Outcome } });
        }
    }

    private IEnumerable<Deployment> Tried() => (_catalog.Current?.Deployments ?? []).Where(deployment => deployment.Candidate is not null);

    private IEnumerable<Measurement<double>> Weights() => Tried().Select(deployment => new Measurement<double>(deployment.Candidate!.Weight, new TagList
    {
        { "workspace", deployment.Key.Workspace },
        { "environment", deployment.Key.Environment },
        { "model", deployment.Key.Model },
        { "version", deployment.Candidate.Served.Version },
    }));
}

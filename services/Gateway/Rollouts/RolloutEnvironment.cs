using Microsoft.Extensions.Options;
using ModelOps.Gateway.Deployments;

namespace ModelOps.Gateway.Rollouts;

/// <summary>What the process gives to everything in this folder that runs by itself.</summary>
internal sealed record RolloutEnvironment(
    TimeProvider Clock, ILogger<RolloutEnvironment> Logger, RolloutMetrics Metrics, IOptions<RolloutOptions> Options, IOptions<DeploymentOptions> Deployments)
{
    /// <summary>The environment whose rollouts this process leads: the one whose replicas it sees.</summary>
    public string Name => Deployments.Value.Environment;
}

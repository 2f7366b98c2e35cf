using Google.Protobuf.WellKnownTypes;
using ModelOps.Gateway.Deployments;
using Monitor = ModelOps.Contracts.Monitor.V1;
using Wire = ModelOps.Contracts.Gateway.V1;

namespace ModelOps.Gateway.Rollouts;

/// <summary>Rollouts and their policies as they travel.</summary>
internal static class RolloutWire
{
    public static Wire.Rollout ToWire(this Rollout rollout)
    {
        var wire = new Wire.Rollout
        {
            RolloutId = rollout.Id.ToString(),
            Workspace = rollout.Key.Workspace,
            Environment = rollout.Key.Environment,
            Model = rollout.Key.Model,
            BaselineVersion = rollout.Baseline.Version,
            CandidateVersion = rollout.Candidate.Version,
            State = (Wire.RolloutState)rollout.Phase,
            Weight = rollout.Weight,
            Reason = rollout.Reason,
            CreateTime = Timestamp.FromDateTimeOffset(rollout.CreateTime),
            BreachTime = rollout.BreachTime is { } breach ? Timestamp.FromDateTimeOffset(breach) : null,
            EndTime = rollout.EndTime is { } end ? Timestamp.FromDateTimeOffset(end) : null,
        };
        wire.Steps.AddRange(rollout.Steps.Select(step => new Wire.RolloutStep
        {
            Weight = step.Weight,
            Time = Timestamp.FromDateTimeOffset(step.Time),
            Reason = step.Reason,
            Baseline = ToWire(step.Baseline),
            Candidate = ToWire(step.Candidate),
        }));
        return wire;
    }

    public static Wire.RolloutPolicy ToWire(this RolloutPolicy policy, DeploymentKey key) => new()
    {
        Workspace = key.Workspace,
        Environment = key.Environment,
        Model = key.Model,
        Automatic = policy.Automatic,
        Steps = { policy.Steps },
        StepSeconds = policy.StepSeconds,
        MinimumPredictions = policy.MinimumPredictions,
        MinimumLabels = policy.MinimumLabels,
        MaximumErrorRate = policy.MaximumErrorRate,
        MaximumLatencyP99Seconds = policy.MaximumLatencyP99Seconds,
        LogLossMargin = policy.LogLossMargin,
        BrierMargin = policy.BrierMargin,
        TimeoutSeconds = policy.TimeoutSeconds,
    };

    public static RolloutPolicy ToPolicy(this Wire.RolloutPolicy policy) => new()
    {
        Automatic = policy.Automatic,
        Steps = [.. policy.Steps],
        StepSeconds = policy.StepSeconds,
        MinimumPredictions = policy.MinimumPredictions,
        MinimumLabels = policy.MinimumLabels,
        MaximumErrorRate = policy.MaximumErrorRate,
        MaximumLatencyP99Seconds = policy.MaximumLatencyP99Seconds,
        LogLossMargin = policy.LogLossMargin,
        BrierMargin = policy.BrierMargin,
        TimeoutSeconds = policy.TimeoutSeconds,
    };

    private static Monitor.ArmStatistics? ToWire(ArmStatistics? arm) => arm is null ? null : new()
    {
        Version = arm.Version,
        Predictions = arm.Predictions,
        Errors = arm.Errors,
        LatencyP50Seconds = arm.LatencyP50Seconds,
        LatencyP99Seconds = arm.LatencyP99Seconds,
        Labels = arm.Labels,
        Positives = arm.Positives,
        LogLossMean = arm.LogLossMean,
        LogLossVariance = arm.LogLossVariance,
        BrierMean = arm.BrierMean,
        BrierVariance = arm.BrierVariance,
    };
}

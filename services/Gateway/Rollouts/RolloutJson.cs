using System.Text.Json.Serialization;
using ModelOps.Gateway.Deployments;

namespace ModelOps.Gateway.Rollouts;

/// <summary>The version to try.</summary>
internal sealed record StartRolloutBody([property: JsonRequired] long Version);

/// <summary>Why a rollout is ended.</summary>
internal sealed record AbortRolloutBody(string? Reason);

/// <summary>A rollout in JSON; the state in lower case: loading, progressing, promoted, rolled_back or aborted.</summary>
internal sealed record RolloutBody(
    Guid RolloutId, string Workspace, string Environment, string Model, long BaselineVersion, long CandidateVersion, string State, double Weight, string Reason,
    IReadOnlyList<RolloutStep> Steps, DateTimeOffset CreateTime, DateTimeOffset? BreachTime, DateTimeOffset? EndTime)
{
    public static RolloutBody Of(Rollout rollout) => new(
        rollout.Id, rollout.Key.Workspace, rollout.Key.Environment, rollout.Key.Model, rollout.Baseline.Version, rollout.Candidate.Version, rollout.Outcome,
        rollout.Weight, rollout.Reason, rollout.Steps, rollout.CreateTime, rollout.BreachTime, rollout.EndTime);
}

/// <summary>A page of rollouts.</summary>
internal sealed record RolloutListBody(IReadOnlyList<RolloutBody> Rollouts, string NextPageToken);

/// <summary>A rollout policy in JSON; a value that is left out takes its default. The address says whose it is.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RolloutPolicyBody(
    string? Workspace, string? Environment, string? Model, bool Automatic, IReadOnlyList<double>? Steps, double StepSeconds, long MinimumPredictions, long MinimumLabels,
    double MaximumErrorRate, double MaximumLatencyP99Seconds, double LogLossMargin, double BrierMargin, double TimeoutSeconds)
{
    public static RolloutPolicyBody Of(RolloutPolicy policy, DeploymentKey key) => new(
        key.Workspace, key.Environment, key.Model, policy.Automatic, policy.Steps, policy.StepSeconds, policy.MinimumPredictions, policy.MinimumLabels,
        policy.MaximumErrorRate, policy.MaximumLatencyP99Seconds, policy.LogLossMargin, policy.BrierMargin, policy.TimeoutSeconds);

    public RolloutPolicy ToPolicy() => new()
    {
        Automatic = Automatic,
        Steps = Steps ?? [],
        StepSeconds = StepSeconds,
        MinimumPredictions = MinimumPredictions,
        MinimumLabels = MinimumLabels,
        MaximumErrorRate = MaximumErrorRate,
        MaximumLatencyP99Seconds = MaximumLatencyP99Seconds,
        LogLossMargin = LogLossMargin,
        BrierMargin = BrierMargin,
        TimeoutSeconds = TimeoutSeconds,
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StartRolloutBody))]
[JsonSerializable(typeof(AbortRolloutBody))]
[JsonSerializable(typeof(RolloutBody))]
[JsonSerializable(typeof(RolloutListBody))]
[JsonSerializable(typeof(RolloutPolicyBody))]
internal sealed partial class RolloutJson : JsonSerializerContext;

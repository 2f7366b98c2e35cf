using System.Collections.Concurrent;
using ModelOps.Gateway.Deployments;
using ModelOps.Gateway.Replicas;

namespace ModelOps.Gateway.Rollouts;

/// <summary>Gathers the evidence on one rollout, lets the rules decide and does what they say.</summary>
internal sealed partial class RolloutStepper(
    RolloutStore store, RolloutPolicyStore policies, MonitorStatistics monitor, RolloutView view, RolloutEnvironment environment)
{
    /// <summary>Who changes deployments here, in their history.</summary>
    public const string Actor = "rollout-controller";

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _breaches = new();

    /// <summary>Takes a rollout one decision further.</summary>
    public async Task StepAsync(Rollout rollout, CancellationToken ct)
    {
        var policy = await policies.FindAsync(rollout.Key, ct);
        var (evidence, seenTime) = await GatherAsync(rollout, ct);
        var decision = RolloutRules.Decide(rollout.Standing, evidence, policy, environment.Clock.GetUtcNow());
        if (decision is RolloutDecision.Hold)
        {
            await HoldAsync(rollout, decision.Reason, ct);
            return;
        }

        var breach = DeploymentRows.AsStored(_breaches.GetOrAdd(rollout.Id, seenTime)); // the first look counts, should storing it take a second one
        var next = await store.ChangeAsync(
            rollout.Id, (seen, now) => seen.Revision == rollout.Revision ? seen.After(decision, evidence, breach, now) : null, Actor, ct);
        _breaches.TryRemove(rollout.Id, out _);
        if (next is null)
        {
            return; // another gateway or a caller was faster, and what was decided on is the past
        }
        environment.Metrics.Stepped(next);
        Log.Stepped(environment.Logger, rollout.Key.Model, rollout.Candidate.Version, rollout.Id, next.Weight, next.Reason);
        await view.RefreshAsync(ct);
    }

    /// <summary>Forgets all rollouts but these.</summary>
    public void Keep(IReadOnlySet<Guid> active) => monitor.Keep(active);

    private async Task HoldAsync(Rollout rollout, string reason, CancellationToken ct)
    {
        _breaches.TryRemove(rollout.Id, out _);
        if (reason != rollout.Reason)
        {
            await store.HoldAsync(rollout, reason, ct);
        }
    }

    private async Task<(RolloutEvidence Evidence, DateTimeOffset SeenTime)> GatherAsync(Rollout rollout, CancellationToken ct)
    {
        var version = new VersionKey(rollout.Key.Workspace, rollout.Key.Model, rollout.Candidate.Version);
        var replicas = view.Replicas;
        var reports = replicas.Select(replica => replica.Of(version)).ToArray();
        var ready = reports.Count(report => report.Progress == LoadProgress.Ready);
        var failed = reports.Count(report => report.Progress == LoadProgress.Failed);
        if (rollout.Weight == 0)
        {
            var reason = reports.FirstOrDefault(report => report.Progress == LoadProgress.Failed)?.Reason.ReplaceLineEndings(" ") ?? "";
            return (new(reports.Length, ready, failed, null, null, reason), environment.Clock.GetUtcNow());
        }
        var arms = await monitor.AskAsync(rollout, ct);
        return (new(reports.Length, ready, failed, arms.Baseline, arms.Candidate, arms.Problem), arms.SeenTime);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 40, EventName = "RolloutStepped", Level = LogLevel.Information, Message = "{Model}: version {Version} of rollout {RolloutId} is at {Weight} %: {Reason}")]
        public static partial void Stepped(ILogger logger, string model, long version, Guid rolloutId, double weight, string reason);
    }
}

/// <summary>What this gateway sees of replicas and deployments.</summary>
internal sealed class RolloutView(ReplicaDirectory directory, DeploymentFeed feed)
{
    /// <summary>The connected replicas.</summary>
    public IReadOnlyList<ReplicaState> Replicas => directory.Current.Replicas;

    /// <summary>Takes over what was just stored, without waiting to be told.</summary>
    public Task RefreshAsync(CancellationToken ct) => feed.RefreshAsync(ct);
}

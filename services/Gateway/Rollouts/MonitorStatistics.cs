using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Gateway.Rollouts;

/// <summary>What Monitor says of both arms of a rollout, asked no more often than needed.</summary>
/// <param name="client">Null when Monitor is not configured: rollouts then hold.</param>
/// <param name="environment">What the process gives.</param>
internal sealed class MonitorStatistics(Wire.Monitoring.MonitoringClient? client, RolloutEnvironment environment)
{
    private readonly ConcurrentDictionary<Guid, ArmsSeen> _seen = new();

    /// <summary>How both arms did since the rollout's last step.</summary>
    public async Task<ArmsSeen> AskAsync(Rollout rollout, CancellationToken ct)
    {
        var now = environment.Clock.GetUtcNow();
        if (_seen.TryGetValue(rollout.Id, out var seen) && seen.Revision == rollout.Revision && now - seen.AskTime < environment.Options.Value.StatisticsInterval)
        {
            return seen;
        }
        return _seen[rollout.Id] = await FetchAsync(rollout, now, ct);
    }

    /// <summary>Forgets all rollouts but these.</summary>
    public void Keep(IReadOnlySet<Guid> active)
    {
        foreach (var id in _seen.Keys.Where(id => !active.Contains(id)))
        {
            _seen.TryRemove(id, out _);
        }
    }

    private async Task<ArmsSeen> FetchAsync(Rollout rollout, DateTimeOffset now, CancellationToken ct)
    {
        if (client is null)
        {
            return Away("its address is not configured (Monitor:Address)");
        }
        try
        {
            var answer = await client.GetArmStatisticsAsync(RequestOf(rollout), deadline: (now + environment.Options.Value.MonitorTimeout).UtcDateTime, cancellationToken: ct);
            return answer.Arms.Count == 2
                ? new(rollout.Revision, now, environment.Clock.GetUtcNow(), Of(answer.Arms[0]), Of(answer.Arms[1]), "")
                : Away($"it told of {answer.Arms.Count} versions instead of 2");
        }
        catch (RpcException e) when (!ct.IsCancellationRequested)
        {
            return Away($"{e.StatusCode}");
        }

        ArmsSeen Away(string problem) => new(rollout.Revision, now, environment.Clock.GetUtcNow(), null, null, problem);
    }

    private static Wire.GetArmStatisticsRequest RequestOf(Rollout rollout) => new()
    {
        Workspace = rollout.Key.Workspace,
        Environment = rollout.Key.Environment,
        Model = rollout.Key.Model,
        Versions = { rollout.Baseline.Version, rollout.Candidate.Version },
        Since = Timestamp.FromDateTimeOffset(rollout.StepTime),
    };

    private static ArmStatistics Of(Wire.ArmStatistics arm) => new(
        arm.Version, arm.Predictions, arm.Errors, arm.LatencyP50Seconds, arm.LatencyP99Seconds, arm.Labels, arm.Positives,
        arm.LogLossMean, arm.LogLossVariance, arm.BrierMean, arm.BrierVariance);
}

/// <summary>Both arms as Monitor told of them.</summary>
/// <param name="Revision">Revision of the rollout it was asked for.</param>
/// <param name="AskTime">When it was asked.</param>
/// <param name="SeenTime">When it answered.</param>
/// <param name="Baseline">The baseline; null: it could not say.</param>
/// <param name="Candidate">The candidate; null together with the baseline.</param>
/// <param name="Problem">Why it could not.</param>
internal sealed record ArmsSeen(
    long Revision, DateTimeOffset AskTime, DateTimeOffset SeenTime, ArmStatistics? Baseline, ArmStatistics? Candidate, string Problem);

namespace ModelOps.Samples.Fraud.Steps;

/// <summary>Step 4: a better version goes through every weight and is promoted.</summary>
public static class BetterVersionStep
{
    /// <summary>Trains trees and watches their canary.</summary>
    /// <returns>The version.</returns>
    public static async Task<long> RunAsync(JobContext job, IDictionary<string, object> evidence, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(evidence);
        var run = await job.Gateway.StartRunAsync(job.Model, "gradient_boosted_trees", "trees", ct);
        var version = await job.WaitForRunAsync(run, evidence, ct);
        var canary = await Canary.WatchAsync(job, "canary", version, job.Sample.Same, ct);

        evidence["outcome"] = canary.State;
        JobContext.Require(canary.State == "promoted", $"the rollout ended {canary.State}: {canary.Reason}");
        evidence["candidate_share"] = string.Join("  ", canary.CheckShares());
        return version;
    }
}

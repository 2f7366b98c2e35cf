namespace ModelOps.Gateway.Rollouts;

/// <summary>Where a rollout stands when something is to be decided.</summary>
/// <param name="Weight">Share of keys on the candidate, in percent; 0 while it is being loaded.</param>
/// <param name="StepTime">When the weight took effect; while loading, when the rollout was started.</param>
/// <param name="BaselineBefore">How the baseline did at the step before; null at the first.</param>
internal sealed record RolloutStanding(double Weight, DateTimeOffset StepTime, ArmStatistics? BaselineBefore);

/// <summary>What is known when something is to be decided.</summary>
/// <param name="Connected">Replicas that are connected.</param>
/// <param name="Ready">Of those, ready with the candidate.</param>
/// <param name="Failed">Of those, that could not load it.</param>
/// <param name="Baseline">How the baseline did since the step began; null: nobody could say.</param>
/// <param name="Candidate">How the candidate did; null together with the baseline.</param>
/// <param name="Problem">Why nobody could say, or why a replica failed, one line.</param>
internal sealed record RolloutEvidence(int Connected, int Ready, int Failed, ArmStatistics? Baseline, ArmStatistics? Candidate, string Problem);

/// <summary>What is to be done with a rollout, and why, one line.</summary>
internal abstract record RolloutDecision(string Reason)
{
    /// <summary>Nothing changes.</summary>
    internal sealed record Hold(string Reason) : RolloutDecision(Reason);

    /// <summary>The candidate takes more keys.</summary>
    internal sealed record Advance(double Weight, string Reason) : RolloutDecision(Reason);

    /// <summary>The candidate is deployed.</summary>
    internal sealed record Promote(string Reason) : RolloutDecision(Reason);

    /// <summary>The baseline takes all keys again.</summary>
    /// <param name="Breach">True when the candidate did worse than it may; false when it could not be judged or loaded.</param>
    /// <param name="Reason">Why.</param>
    internal sealed record RollBack(bool Breach, string Reason) : RolloutDecision(Reason);
}

/// <summary>The next thing to do with a rollout: no I/O, no clock, no state.</summary>
/// <remarks>
/// What speaks against the candidate counts as soon as it is more than chance; what speaks for it counts when the step's time is over and
/// the policy's minimum of predictions and labels is there. Nobody speaking holds, and holding has an end.
/// </remarks>
internal static class RolloutRules
{
    /// <summary>Predictions below which no share of errors and no latency means anything.</summary>
    public const int FewestPredictions = 50;

    /// <summary>Predictions from which the 99th percentile is more than the slowest few, whatever the policy's minimum.</summary>
    public const int EnoughForTail = 500;

    /// <summary>Labels on each arm below which no difference of quality means anything.</summary>
    public const int FewestLabels = 30;

    /// <summary>Half-width of a two-sided 99.9 % interval, in standard errors.</summary>
    public const double Z = 3.29;

    /// <summary>
    /// The same before the policy's minimum is there: looking at every tick at few labels finds something at 3.29 sooner or later, also where
    /// nothing is; what is clearly bad is found all the same.
    /// </summary>
    public const double ClearZ = 5;

    /// <summary>Decides.</summary>
    public static RolloutDecision Decide(RolloutStanding standing, RolloutEvidence evidence, RolloutPolicy policy, DateTimeOffset now)
    {
        var elapsed = (now - standing.StepTime).TotalSeconds;
        var decision = standing.Weight == 0 ? DecideLoading(evidence, policy) : DecideStep(standing, evidence, policy, elapsed);
        return decision is RolloutDecision.Hold && elapsed >= policy.TimeoutSeconds
            ? new RolloutDecision.RollBack(Breach: false, $"rolled back: no step for {policy.TimeoutSeconds:0.###} s; {decision.Reason}")
            : decision;
    }

    private static RolloutDecision DecideLoading(RolloutEvidence evidence, RolloutPolicy policy)
    {
        if (evidence.Connected > 0 && evidence.Ready == evidence.Connected)
        {
            return new RolloutDecision.Advance(policy.Steps[0], $"advance to {policy.Steps[0]:0.###} %: {evidence.Ready} of {evidence.Connected} replicas are ready");
        }
        return evidence.Connected > 0 && evidence.Failed == evidence.Connected
            ? new RolloutDecision.RollBack(Breach: false, $"rolled back: no replica could load the candidate: {evidence.Problem}")
            : new RolloutDecision.Hold($"hold: {evidence.Ready} of {evidence.Connected} replicas are ready with the candidate");
    }

    private static RolloutDecision DecideStep(RolloutStanding standing, RolloutEvidence evidence, RolloutPolicy policy, double elapsed)
    {
        if (evidence is not { Baseline: { } baseline, Candidate: { } candidate })
        {
            return new RolloutDecision.Hold($"hold: Monitor does not answer: {evidence.Problem}");
        }

        // With all traffic on the candidate, the baseline's step before is what there is to compare with.
        var isLast = standing.Weight >= 100;
        var compared = isLast ? standing.BaselineBefore : baseline;
        if (FindBreach(candidate, compared, policy) is { } breach)
        {
            return new RolloutDecision.RollBack(Breach: true, $"rolled back: {breach}");
        }
        if ((FindMissing(candidate, isLast ? null : baseline, policy, elapsed) ?? FindDoubt(candidate, policy)) is { } missing)
        {
            return new RolloutDecision.Hold($"hold: {missing}");
        }
        if (evidence.Connected == 0 || evidence.Ready < evidence.Connected)
        {
            return new RolloutDecision.Hold($"hold: {evidence.Ready} of {evidence.Connected} replicas are ready with the candidate"); // one may have started again
        }
        return policy.Steps.Cast<double?>().FirstOrDefault(step => step > standing.Weight) is { } next
            ? new RolloutDecision.Advance(next, $"advance to {next:0.###} %: {Describe(candidate)} at {standing.Weight:0.###} %")
            : new RolloutDecision.Promote($"promoted: {Describe(candidate)} at {standing.Weight:0.###} %");
    }

    private static string? FindBreach(ArmStatistics candidate, ArmStatistics? baseline, RolloutPolicy policy)
    {
        var errorsZ = candidate.Predictions < policy.MinimumPredictions ? ClearZ : Z;
        if (candidate.Predictions >= FewestPredictions && LowerBoundOfShare(candidate.Errors, candidate.Predictions, errorsZ) > policy.MaximumErrorRate)
        {
            return $"{candidate.Errors} of {candidate.Predictions} predictions of the candidate failed, {policy.MaximumErrorRate:0.######} of them may";
        }
        if (IsTooSlow(candidate, policy))
        {
            return $"latency of the candidate is {candidate.LatencyP99Seconds:0.######} s at the 99th percentile of {candidate.Predictions}, {policy.MaximumLatencyP99Seconds:0.######} s allowed";
        }
        return baseline is null || candidate.Labels < FewestLabels || baseline.Labels < FewestLabels
            ? null
            : FindWorse("log loss", candidate.LogLossMean, candidate.LogLossVariance, baseline.LogLossMean, baseline.LogLossVariance, policy.LogLossMargin)
            ?? FindWorse("Brier score", candidate.BrierMean, candidate.BrierVariance, baseline.BrierMean, baseline.BrierVariance, policy.BrierMargin);

        string? FindWorse(string what, double mean, double variance, double otherMean, double otherVariance, double margin)
        {
            var difference = mean - otherMean;
            var z = Math.Min(candidate.Labels, baseline.Labels) < policy.MinimumLabels ? ClearZ : Z;
            // A baseline with few labels may lack the rare case that the candidate had, and looks better and steadier than it is.
            var halfWidth = z * Math.Sqrt((variance / candidate.Labels) + (Math.Max(variance, otherVariance) / baseline.Labels));
            return difference - halfWidth > margin
                ? $"{what} of the candidate is worse by {difference:0.####} ± {halfWidth:0.####} on {candidate.Labels} and {baseline.Labels} labels, {margin:0.####} allowed"
                : null;
        }
    }

    // Of few predictions the 99th percentile is the slowest one, which may be a hiccup; a slow median is none.
    private static bool IsTooSlow(ArmStatistics candidate, RolloutPolicy policy) =>
        candidate.Predictions >= FewestPredictions && candidate.LatencyP99Seconds > policy.MaximumLatencyP99Seconds
        && (candidate.LatencyP50Seconds > policy.MaximumLatencyP99Seconds || candidate.Predictions >= Math.Min(EnoughForTail, policy.MinimumPredictions));

    private static string? FindMissing(ArmStatistics candidate, ArmStatistics? baseline, RolloutPolicy policy, double elapsed) =>
        elapsed < policy.StepSeconds ? $"{Math.Max(0, elapsed):0} of {policy.StepSeconds:0.###} s at this step"
        : candidate.Predictions < policy.MinimumPredictions ? $"{candidate.Predictions} of {policy.MinimumPredictions} predictions on the candidate"
        : baseline?.Predictions < policy.MinimumPredictions ? $"{baseline.Predictions} of {policy.MinimumPredictions} predictions on the baseline"
        : candidate.Labels < policy.MinimumLabels ? $"{candidate.Labels} of {policy.MinimumLabels} labels on the candidate"
        : baseline?.Labels < policy.MinimumLabels ? $"{baseline.Labels} of {policy.MinimumLabels} labels on the baseline"
        : null;

    // Over a limit, but by no more than chance explains: more predictions will tell.
    private static string? FindDoubt(ArmStatistics candidate, RolloutPolicy policy) =>
        candidate.Errors > policy.MaximumErrorRate * candidate.Predictions
            ? $"{candidate.Errors} of {candidate.Predictions} predictions of the candidate failed, which may be chance; {policy.MaximumErrorRate:0.######} of them may"
        : candidate.LatencyP99Seconds > policy.MaximumLatencyP99Seconds
            ? $"latency of the candidate is {candidate.LatencyP99Seconds:0.######} s at the 99th percentile of only {candidate.Predictions}"
        : null;

    // Lower end of Wilson's interval: right also for few errors, where the usual one is not.
    private static double LowerBoundOfShare(long count, long total, double z)
    {
        var z2 = z * z;
        var share = (double)count / total;
        var centre = share + (z2 / (2 * total));
        var halfWidth = z * Math.Sqrt((share * (1 - share) / total) + (z2 / (4.0 * total * total)));
        return (centre - halfWidth) / (1 + (z2 / total));
    }

    private static string Describe(ArmStatistics candidate) =>
        $"{candidate.Predictions} predictions, {candidate.Errors} failed, p99 {candidate.LatencyP99Seconds:0.######} s, {candidate.Labels} labels of the candidate";
}

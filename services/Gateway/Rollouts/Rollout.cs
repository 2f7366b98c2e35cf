using ModelOps.Gateway.Deployments;

namespace ModelOps.Gateway.Rollouts;

/// <summary>How far a rollout is; the numbers are the wire's and the database's.</summary>
internal enum RolloutPhase
{
    /// <summary>Waits for every replica to be ready with the candidate.</summary>
    Loading = 1,

    /// <summary>Takes traffic by its weight.</summary>
    Progressing = 2,

    /// <summary>The candidate is deployed.</summary>
    Promoted = 3,

    /// <summary>The baseline has all traffic again: the candidate broke a rule, or could not be judged.</summary>
    RolledBack = 4,

    /// <summary>The baseline has all traffic again, by a caller.</summary>
    Aborted = 5,
}

/// <summary>A change of weight and what it was decided on.</summary>
internal sealed record RolloutStep(double Weight, DateTimeOffset Time, string Reason, ArmStatistics? Baseline, ArmStatistics? Candidate);

/// <summary>A candidate's way beside, and into the place of, the version deployed.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Key">The model and the place.</param>
/// <param name="Baseline">The version that had all traffic.</param>
/// <param name="Candidate">The version that is tried.</param>
/// <param name="CreateTime">When it was started.</param>
internal sealed record Rollout(Guid Id, DeploymentKey Key, ServedVersion Baseline, ServedVersion Candidate, DateTimeOffset CreateTime)
{
    /// <summary>How far it is.</summary>
    public RolloutPhase Phase { get; init; } = RolloutPhase.Loading;

    /// <summary>Share of keys on the candidate, in percent.</summary>
    public double Weight { get; init; }

    /// <summary>The last decision, one line.</summary>
    public required string Reason { get; init; }

    /// <summary>Grows with every step; a decision applies to the revision it was made on.</summary>
    public long Revision { get; init; } = 1;

    /// <summary>When the weight took effect.</summary>
    public DateTimeOffset StepTime { get; init; } = CreateTime;

    /// <summary>When the evidence that ended it was first seen; null unless it ended for a breach.</summary>
    public DateTimeOffset? BreachTime { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>What happened, oldest first.</summary>
    public IReadOnlyList<RolloutStep> Steps { get; init; } = [];

    /// <summary>True until it ended.</summary>
    public bool IsActive => Phase is RolloutPhase.Loading or RolloutPhase.Progressing;

    /// <summary>What its outcome is called in events and metrics.</summary>
    public string Outcome => Phase switch
    {
        RolloutPhase.Promoted => "promoted",
        RolloutPhase.RolledBack => "rolled_back",
        RolloutPhase.Aborted => "aborted",
        RolloutPhase.Progressing => "progressing",
        _ => "loading",
    };

    /// <summary>Where it stands, for the rules.</summary>
    public RolloutStanding Standing => new(Weight, StepTime, Steps.Count == 0 ? null : Steps[^1].Baseline);

    /// <summary>The rollout after a decision that is not to hold.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="evidence">What it was made on.</param>
    /// <param name="seenAt">When that was first seen.</param>
    /// <param name="now">The moment.</param>
    public Rollout After(RolloutDecision decision, RolloutEvidence evidence, DateTimeOffset seenAt, DateTimeOffset now) => decision switch
    {
        RolloutDecision.Advance advance => Move(RolloutPhase.Progressing, advance.Weight, advance.Reason, evidence, now),
        RolloutDecision.Promote promote => Move(RolloutPhase.Promoted, 100, promote.Reason, evidence, now) with { EndTime = now },
        RolloutDecision.RollBack back => Move(RolloutPhase.RolledBack, 0, back.Reason, evidence, now) with { EndTime = now, BreachTime = back.Breach ? seenAt : null },
        _ => this,
    };

    /// <summary>The rollout after a caller ended it.</summary>
    public Rollout Abort(string reason, DateTimeOffset now) => Move(RolloutPhase.Aborted, 0, reason, evidence: null, now) with { EndTime = now };

    /// <summary>The deployment that belongs to it.</summary>
    public Deployment ApplyTo(Deployment deployment, long revision, DateTimeOffset now) => Phase switch
    {
        RolloutPhase.Loading or RolloutPhase.Progressing => deployment.Try(new(Candidate, Weight, Id), revision, now),
        RolloutPhase.Promoted => deployment.Promote(revision, now),
        _ => deployment.RollBack(revision, now),
    };

    private Rollout Move(RolloutPhase phase, double weight, string reason, RolloutEvidence? evidence, DateTimeOffset now) => this with
    {
        Phase = phase,
        Weight = weight,
        Reason = reason,
        Revision = Revision + 1,
        StepTime = now,
        Steps = [.. Steps, new(weight, now, reason, evidence?.Baseline, evidence?.Candidate)],
    };
}

using ModelOps.Registry.Governance;
using ModelOps.Registry.Models;

namespace ModelOps.Registry.Stages;

/// <summary>What a decision about a version's stage looks at.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">The version.</param>
/// <param name="Stage">Where it is.</param>
/// <param name="WasInProduction">Whether it is or ever was in production.</param>
/// <param name="Report">What the gates said.</param>
internal sealed record StagedVersion(ModelKey Model, long Version, Stage Stage, bool WasInProduction, GovernanceReport Report);

/// <summary>Who moves versions, why and when.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Reason">Why, one line.</param>
/// <param name="At">When.</param>
internal sealed record StageCause(string Actor, string Reason, DateTimeOffset At);

/// <summary>A line of the history of a version.</summary>
internal sealed record StageChange
{
    public required short From { get; init; }

    public required short To { get; init; }

    public required string Actor { get; init; }

    public required string Reason { get; init; }

    public required DateTime ChangedAt { get; init; }
}

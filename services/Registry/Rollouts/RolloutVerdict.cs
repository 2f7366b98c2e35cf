using ModelOps.Registry.Stages;

namespace ModelOps.Registry.Rollouts;

/// <summary>What the end of a rollout means for the stage of the version that was tried.</summary>
/// <param name="To">Stage it moves to; null: it stays.</param>
/// <param name="WhyNot">Why it stays although the rollout counted on a move; null: nothing to say.</param>
internal sealed record RolloutVerdict(Stage? To, string? WhyNot)
{
    public const string Promoted = "promoted";
    public const string RolledBack = "rolled_back";
    public const string Aborted = "aborted";

    private static readonly RolloutVerdict Nothing = new(null, null);

    /// <exception cref="ArgumentOutOfRangeException">No such outcome.</exception>
    public static RolloutVerdict Of(string outcome, StagedVersion version) => (outcome, version.Stage) switch
    {
        (Promoted, Stage.Production) => Nothing,
        (Promoted, Stage.Staging) => new(Stage.Production, null),
        // Tried again after it was in service: a rollout may bring it back, a person takes the way through staging.
        (Promoted, Stage.Archived) when version.WasInProduction => new(Stage.Production, null),
        // It passed its gates, was tried and did worse: without the move it would be rolled out again at once.
        (RolledBack, Stage.Staging) => new(Stage.Experimental, null),
        (Promoted, _) => new(null, $"not made production: {StageRules.CheckRollout(version)?.Message ?? $"the version is {version.Stage.Name()}"}"),
        (RolledBack, _) => new(null, $"rolled back, and {version.Stage.Name()} as before"),
        (Aborted, _) => Nothing, // somebody stopped it, which says nothing about the version
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "a rollout ends promoted, rolled_back or aborted"),
    };
}

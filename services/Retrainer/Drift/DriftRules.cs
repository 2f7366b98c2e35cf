using ModelOps.Retrainer.Pipelines;

namespace ModelOps.Retrainer.Drift;

/// <summary>Whether drift starts a run. Pure.</summary>
internal static class DriftRules
{
    /// <summary>Decides.</summary>
    /// <param name="rules">What the pipeline says.</param>
    /// <param name="underWay">The run of the model that is under way; null: none.</param>
    /// <param name="lastEnd">When the last run that drift started ended; null: there was none, or it has not ended.</param>
    /// <param name="now">The time.</param>
    /// <returns>Why no run is started, one line; null: one is.</returns>
    public static string? Ignore(TriggerRules rules, Guid? underWay, DateTimeOffset? lastEnd, DateTimeOffset now) =>
        !rules.Drift ? "the pipeline does not start on drift"
        : underWay is { } run ? $"run {run} is under way"
        : lastEnd + rules.Cooldown > now ? $"the last run that drift started ended less than {rules.Cooldown.TotalSeconds:0} s ago"
        : null;
}

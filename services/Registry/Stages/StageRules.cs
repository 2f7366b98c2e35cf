using ModelOps.Registry.Governance;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Stages;

/// <summary>Which moves are legal, and what may be rolled out.</summary>
internal static class StageRules
{
    private static readonly Dictionary<Stage, Stage[]> Legal = new()
    {
        [Stage.Experimental] = [Stage.Staging, Stage.Archived, Stage.Deprecated],
        [Stage.Staging] = [Stage.Experimental, Stage.Production, Stage.Archived, Stage.Deprecated],
        [Stage.Production] = [Stage.Archived, Stage.Deprecated],
        [Stage.Archived] = [Stage.Staging, Stage.Deprecated],
        [Stage.Deprecated] = [],
    };

    public static Refusal NoStage { get; } = Refusal.Invalid("stage", "must be experimental, staging, production, archived or deprecated");

    /// <summary>Whether somebody may move a version; null: yes.</summary>
    public static Refusal? CheckMove(Stage from, Stage to, GovernanceReport report)
    {
        if (!Legal[from].Contains(to))
        {
            var allowed = Legal[from].Length == 0 ? "nowhere" : $"to {string.Join(", ", Legal[from].Select(stage => stage.Name()))} only";
            return Denied($"a version in {from.Name()} moves {allowed}, not to {to.Name()}");
        }
        return to == Stage.Staging && !report.Passed ? Denied(string.Join("; ", report.Failures)) : null;
    }

    /// <summary>Whether a version may take traffic beside another; null: yes.</summary>
    public static Refusal? CheckRollout(StagedVersion version) => version.Stage switch
    {
        Stage.Staging or Stage.Production => null,
        Stage.Archived when version.WasInProduction => null,
        Stage.Experimental when !version.Report.Passed => Denied(string.Join("; ", ["the version is experimental", .. version.Report.Failures])),
        Stage.Archived => Denied("the version is archived and was never in production"),
        _ => Denied($"the version is {version.Stage.Name()}"),
    };

    private static Refusal Denied(string reason) => new(RefusalKind.FailedPrecondition, reason);
}

using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Stages;

/// <summary>How far a version is allowed to go. The numbers are on disk and on the wire.</summary>
internal enum Stage
{
    /// <summary>Registered; takes no traffic through a rollout.</summary>
    Experimental = 1,

    /// <summary>Passed its gates; may be rolled out.</summary>
    Staging = 2,

    /// <summary>Serves; one version of a model at most.</summary>
    Production = 3,

    /// <summary>Was in service.</summary>
    Archived = 4,

    /// <summary>Not to be used any more.</summary>
    Deprecated = 5,
}

/// <summary>Stages as texts, in JSON and in events.</summary>
internal static class StageNames
{
    public static string Name(this Stage stage) => stage switch
    {
        Stage.Experimental => "experimental",
        Stage.Staging => "staging",
        Stage.Production => "production",
        Stage.Archived => "archived",
        Stage.Deprecated => "deprecated",
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, null),
    };

    public static Outcome<Stage> Parse(string name) => Enum.GetValues<Stage>().FirstOrDefault(stage => stage.Name() == name) is var stage && Enum.IsDefined(stage)
        ? stage
        : StageRules.NoStage;
}

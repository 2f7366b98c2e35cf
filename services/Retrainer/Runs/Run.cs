using ModelOps.Retrainer.Pipelines;

namespace ModelOps.Retrainer.Runs;

/// <summary>One run of a pipeline.</summary>
internal sealed record Run
{
    public required Guid Id { get; init; }

    public required ModelKey Model { get; init; }

    public required string Algorithm { get; init; }

    /// <summary>What started it: one of <see cref="Triggers"/>.</summary>
    public required string Trigger { get; init; }

    public required string Reason { get; init; }

    /// <summary>The pipeline as it was when the run started.</summary>
    public required string Definition { get; init; }

    /// <summary>What was said of the drifted window; null for a run that drift did not start.</summary>
    public DriftedWindow? Drift { get; init; }

    public required RunState State { get; init; }

    /// <summary>In order.</summary>
    public required IReadOnlyList<Stage> Stages { get; init; }

    /// <summary>Version it registered; null: none.</summary>
    public long? Version { get; init; }

    public string Error { get; init; } = "";

    public required DateTimeOffset CreateTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    /// <summary>The first stage that is not done; null when all are.</summary>
    public Stage? Next => Stages.FirstOrDefault(stage => stage.State != RunState.Succeeded);
}

/// <summary>One stage of a run.</summary>
internal sealed record Stage
{
    public required int Position { get; init; }

    public required string Name { get; init; }

    public required RunState State { get; init; }

    /// <summary>How often it was begun.</summary>
    public int Attempts { get; init; }

    /// <summary>How often it was begun and neither ended nor was given back.</summary>
    public int Broken { get; init; }

    /// <summary>Since when it waits for something that is not there.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    public required IReadOnlyDictionary<string, string> Outputs { get; init; }

    public string Error { get; init; } = "";

    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }
}

/// <summary>The window that drifted.</summary>
/// <param name="Environment">Environment.</param>
/// <param name="Version">Version that served it.</param>
/// <param name="WindowId">Identity.</param>
/// <param name="Rows">Predictions in it.</param>
/// <param name="FirstEventTime">Smallest event time in it.</param>
/// <param name="LastEventTime">Largest event time in it; the training set ends here.</param>
internal sealed record DriftedWindow(
    string Environment, long Version, string WindowId, long Rows, DateTimeOffset FirstEventTime, DateTimeOffset LastEventTime);

/// <summary>What starts runs.</summary>
internal static class Triggers
{
    public const string Manual = "manual";

    public const string Drift = "drift";
}

/// <summary>Names of the stages, in their order.</summary>
internal static class StageNames
{
    public const string TrainingSet = "training_set";

    public const string ModelTraining = "model_training";

    public const string ModelEvaluation = "model_evaluation";

    public const string ModelRegistration = "model_registration";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> InOrder { get; } = [TrainingSet, ModelTraining, ModelEvaluation, ModelRegistration];
}

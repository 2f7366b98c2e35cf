using ModelOps.Retrainer.Pipelines;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Retrainer.Runs;

/// <summary>What a request for a run has to keep to, and what a new run looks like.</summary>
internal static class RunRules
{
    private const int MaxReason = 1_024;
    private const int MaxRequestId = 128;

    /// <summary>Checks a request; null when it is in order.</summary>
    public static Refusal? Check(StartRun command) =>
        command.Model.Check()
        ?? CheckAlgorithm(command.Algorithm)
        ?? CheckLine(command.Reason, MaxReason, "reason")
        ?? CheckLine(command.RequestId, MaxRequestId, "request_id");

    /// <summary>A run that is about to start.</summary>
    /// <param name="pipeline">The pipeline of the model, in its stored form and read.</param>
    /// <param name="algorithm">Trainer; empty: the pipeline's.</param>
    /// <param name="trigger">What starts it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="drift">The drifted window, if that is the reason.</param>
    /// <param name="now">When.</param>
    public static Run Begin(
        (StoredPipeline Stored, PipelineDefinition Definition) pipeline, string algorithm, string trigger, string reason, DriftedWindow? drift, DateTimeOffset now) => new()
        {
            Id = Guid.CreateVersion7(now),
            Model = pipeline.Stored.Key,
            Algorithm = algorithm.Length > 0 ? algorithm : pipeline.Definition.Algorithm,
            Trigger = trigger,
            Reason = reason,
            Definition = pipeline.Stored.Definition,
            Drift = drift,
            State = RunState.Pending,
            Stages = [.. StageNames.InOrder.Select((name, i) => new Stage { Position = i + 1, Name = name, State = RunState.Pending, Outputs = new Dictionary<string, string>() })],
            CreateTime = now,
        };

    private static Refusal? CheckAlgorithm(string algorithm) => algorithm.Length == 0 || Algorithms.All.Contains(algorithm)
        ? null
        : Refusal.Invalid("algorithm", $"must be {string.Join(" or ", Algorithms.All)}, or empty for the pipeline's");

    private static Refusal? CheckLine(string text, int max, string field) =>
        text.Length > max ? Refusal.Invalid(field, $"may have at most {max} characters, it has {text.Length}")
        : text.Any(char.IsControl) ? Refusal.Invalid(field, "must be one line without control characters")
        : null;
}

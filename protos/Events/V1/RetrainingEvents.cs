namespace ModelOps.Contracts.Events.V1;

/// <summary>A pipeline run was started.</summary>
/// <param name="RunId">Identity.</param>
/// <param name="Workspace">Workspace.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Trigger">manual or drift.</param>
/// <param name="Reason">Why, one line.</param>
/// <param name="OccurredAt">When.</param>
public sealed record RetrainingStarted(string RunId, string Workspace, string Model, string Trigger, string Reason, DateTimeOffset OccurredAt);

/// <summary>A pipeline run registered a version.</summary>
/// <param name="RunId">Identity.</param>
/// <param name="Workspace">Workspace.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">The version.</param>
/// <param name="OccurredAt">When.</param>
public sealed record RetrainingCompleted(string RunId, string Workspace, string Model, long Version, DateTimeOffset OccurredAt);

/// <summary>A pipeline run ended without a version: it failed, was rejected or was cancelled.</summary>
/// <param name="RunId">Identity.</param>
/// <param name="Workspace">Workspace.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Stage">Stage it ended in.</param>
/// <param name="Reason">Why, one line.</param>
/// <param name="OccurredAt">When.</param>
public sealed record RetrainingFailed(string RunId, string Workspace, string Model, string Stage, string Reason, DateTimeOffset OccurredAt);

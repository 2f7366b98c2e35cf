namespace ModelOps.Contracts.Events.V1;

/// <summary>Which versions of a model take traffic, or in what share, changed. A hint to look again.</summary>
/// <param name="Workspace">Workspace.</param>
/// <param name="Environment">Environment.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Version deployed.</param>
/// <param name="CandidateVersion">Version tried beside it; null: none.</param>
/// <param name="CandidateWeight">Share of keys on the candidate, in percent.</param>
/// <param name="OccurredAt">When.</param>
public sealed record DeploymentChanged(
    string Workspace, string Environment, string Model, long Version, long? CandidateVersion, double CandidateWeight, DateTimeOffset OccurredAt);

/// <summary>A rollout ended.</summary>
/// <param name="RolloutId">Identity.</param>
/// <param name="Workspace">Workspace.</param>
/// <param name="Environment">Environment.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="BaselineVersion">Version that had all traffic before.</param>
/// <param name="CandidateVersion">Version that was tried.</param>
/// <param name="Outcome">promoted, rolled_back or aborted.</param>
/// <param name="Reason">Why, one line.</param>
/// <param name="OccurredAt">When.</param>
public sealed record RolloutFinished(
    string RolloutId, string Workspace, string Environment, string Model, long BaselineVersion, long CandidateVersion,
    string Outcome, string Reason, DateTimeOffset OccurredAt);

namespace ModelOps.Contracts.Events.V1;

/// <summary>A version was registered.</summary>
/// <param name="Workspace">Workspace.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Version.</param>
/// <param name="Sha256">Digest of its artifact.</param>
/// <param name="Stage">Stage the governance gates gave it: experimental or staging.</param>
/// <param name="OccurredAt">When.</param>
public sealed record ModelVersionRegistered(string Workspace, string Model, long Version, string Sha256, string Stage, DateTimeOffset OccurredAt);

/// <summary>A version moved to another stage.</summary>
/// <param name="Workspace">Workspace.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Version.</param>
/// <param name="From">Stage before: experimental, staging, production, archived or deprecated.</param>
/// <param name="To">Stage now.</param>
/// <param name="Reason">Why, one line.</param>
/// <param name="OccurredAt">When.</param>
public sealed record ModelVersionStageChanged(string Workspace, string Model, long Version, string From, string To, string Reason, DateTimeOffset OccurredAt);

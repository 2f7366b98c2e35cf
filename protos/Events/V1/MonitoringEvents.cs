namespace ModelOps.Contracts.Events.V1;

/// <summary>A window's features are far from the reference profile of the version that served it.</summary>
/// <param name="Workspace">Workspace.</param>
/// <param name="Environment">Environment.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Version that served.</param>
/// <param name="WindowId">The window.</param>
/// <param name="Rows">Predictions in it.</param>
/// <param name="FirstEventTime">Smallest event time in the window.</param>
/// <param name="LastEventTime">Largest event time in the window.</param>
/// <param name="Features">Features that drifted, in the order of the profile.</param>
/// <param name="OccurredAt">When.</param>
public sealed record DriftDetected(
    string Workspace, string Environment, string Model, long Version, string WindowId, long Rows,
    DateTimeOffset FirstEventTime, DateTimeOffset LastEventTime, IReadOnlyList<string> Features, DateTimeOffset OccurredAt);

/// <summary>An alert was raised.</summary>
/// <param name="AlertId">Identity.</param>
/// <param name="Workspace">Workspace.</param>
/// <param name="Environment">Environment.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Version.</param>
/// <param name="Rule">Rule that fired.</param>
/// <param name="Severity">info, warning or critical.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="OccurredAt">When.</param>
public sealed record AlertRaised(
    string AlertId, string Workspace, string Environment, string Model, long Version, string Rule, string Severity, string Summary, DateTimeOffset OccurredAt);

/// <summary>What an alert was about is over.</summary>
/// <param name="AlertId">Identity.</param>
/// <param name="Workspace">Workspace.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Rule">Rule that had fired.</param>
/// <param name="OccurredAt">When.</param>
public sealed record AlertResolved(string AlertId, string Workspace, string Model, string Rule, DateTimeOffset OccurredAt);

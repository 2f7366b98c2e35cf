namespace ModelOps.Contracts.Events.V1;

/// <summary>Rows of a view were taken in.</summary>
/// <param name="Workspace">Workspace.</param>
/// <param name="View">Name of the view.</param>
/// <param name="Rows">Rows that were not there before.</param>
/// <param name="FirstEventTime">Smallest event time among the rows read.</param>
/// <param name="LastEventTime">Largest event time among the rows read.</param>
/// <param name="OccurredAt">When.</param>
public sealed record FeaturesMaterialized(
    string Workspace, string View, long Rows, DateTimeOffset FirstEventTime, DateTimeOffset LastEventTime, DateTimeOffset OccurredAt);

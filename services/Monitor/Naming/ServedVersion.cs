namespace ModelOps.Monitor.Naming;

/// <summary>A version where it serves: what windows and alerts belong to.</summary>
internal sealed record ServedVersion(string Workspace, string Environment, string Model, long Version);

namespace ModelOps.Inference.Models.Execution;

/// <summary>How much a run may take.</summary>
/// <param name="MaxRunTime">How long it may last.</param>
/// <param name="MaxOutputBytes">Most bytes that the outputs of one request may take.</param>
internal sealed record RunLimits(TimeSpan MaxRunTime, long MaxOutputBytes);

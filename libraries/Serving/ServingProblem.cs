namespace ModelOps.Serving;

/// <summary>Why a serving configuration is refused.</summary>
/// <param name="Field">Path of the member, as <c>batching.max_batch_size</c>.</param>
/// <param name="Rule">The rule it breaks.</param>
public sealed record ServingProblem(string Field, string Rule);

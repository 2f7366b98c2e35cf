namespace ModelOps.Bench.Serving;

/// <summary>One row of the numbers to reach.</summary>
/// <param name="Name">How it is asked for.</param>
/// <param name="RunAsync">Measures, prints, and says whether the target was met.</param>
internal sealed record ServingCase(string Name, Func<ServingPlan, Replicas, CancellationToken, Task<bool>> RunAsync)
{
    /// <summary>Whether it compares both ways by itself.</summary>
    public bool IsAboutBatching { get; init; }
}

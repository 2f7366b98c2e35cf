namespace ModelOps.Bench.Serving.Cases;

/// <summary>A model that gains by batches, with them and without.</summary>
internal static class WideMlpCase
{
    private const double Target = 2;
    private const int Callers = 64;

    public static ServingCase Case { get; } = new("wide-mlp", RunAsync) { IsAboutBatching = true };

    private static async Task<bool> RunAsync(ServingPlan plan, Replicas replicas, CancellationToken ct)
    {
        var (off, on) = await BatchingCase.MeasureAsync(plan, replicas, "wide-mlp", ServedModel.Wide, Callers, ct);
        return plan.Output.Ratio("batching on to off", on, off, Target);
    }
}

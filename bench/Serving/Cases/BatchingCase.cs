using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Serving.Cases;

/// <summary>Batching must never cost: every model, few callers and many.</summary>
internal static class BatchingCase
{
    /// <summary>Two medians of the same thing differ by this much on a quiet machine.</summary>
    private const double Noise = 0.03;

    public static ServingCase Case { get; } = new("batching", RunAsync) { IsAboutBatching = true };

    /// <summary>Measures a model both ways.</summary>
    public static async Task<(Round[] Off, Round[] On)> MeasureAsync(
        ServingPlan plan, Replicas replicas, string name, ServedModel model, int callers, CancellationToken ct)
    {
        var replica = await replicas.SharedAsync(ct);
        using var direct = new DirectRuns(model, rows: 1);
        var expected = new ExpectedScores(direct, InferFrames.Inputs(model, 1));
        using var off = new Served(replica, model, ServedVersion.Unbatched, callers, expected);
        using var on = new Served(replica, model, ServedVersion.Batched, callers, expected);
        var rounds = await plan.TakeTurnsAsync(ct, off.RunAsync, on.RunAsync);

        plan.Output.Title(name, $"gRPC, concurrency {callers}, single rows, {model.Name}; {plan.Settings}");
        plan.Output.Side("batching off", rounds[0]);
        plan.Output.Side("batching on", rounds[1]);
        return (rounds[0], rounds[1]);
    }

    private static async Task<bool> RunAsync(ServingPlan plan, Replicas replicas, CancellationToken ct)
    {
        var met = true;
        foreach (var model in (ServedModel[])[ServedModel.Mlp, ServedModel.Ensemble, ServedModel.Convnet, ServedModel.Wide])
        {
            foreach (var callers in (int[])[1, 8, 64])
            {
                var (off, on) = await MeasureAsync(plan, replicas, "batching", model, callers, ct);
                met &= plan.Output.Ratio($"{model.Name}, concurrency {callers}: batching on to off", on, off, 1 - Noise);
            }
        }
        return met;
    }
}

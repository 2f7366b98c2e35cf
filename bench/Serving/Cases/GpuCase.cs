namespace ModelOps.Bench.Serving.Cases;

/// <summary>A convnet and a transformer block on a CUDA device, against direct calls on the same device.</summary>
internal static class GpuCase
{
    private const int Callers = 64;
    private const int Rows = 1024;
    private const double RowTarget = 0.6;
    private const double BatchTarget = 0.85;

    /// <summary>A GPU adds up in another order, and convolutions may run in TF32.</summary>
    private const float Tolerance = 2e-2f;

    public static ServingCase Case { get; } = new("gpu", RunAsync);

    private static async Task<bool> RunAsync(ServingPlan plan, Replicas replicas, CancellationToken ct)
    {
        (ServedModel Model, int Rows)[] models = [(ServedModel.Convnet, Rows), (ServedModel.Transformer, 32)];
        using (new DirectRuns(models[0].Model, rows: 1, cuda: true))
        {
            // Says that there is no device before anything is started.
        }
        await using var replica = await replicas.StartAsync([.. models.Select(one => new ServedVersion(one.Model, Serving: ServedVersion.OnCuda))], ct);
        var met = true;
        foreach (var (model, rows) in models)
        {
            met &= await MeasureAsync(plan, replica, model, Callers, 1, RowTarget, ct);
            met &= await MeasureAsync(plan, replica, model, 2, rows, BatchTarget, ct);
        }
        return met;
    }

    private static async Task<bool> MeasureAsync(
        ServingPlan plan, ReplicaProcess replica, ServedModel model, int callers, int rows, double target, CancellationToken ct)
    {
        using var direct = new DirectRuns(model, rows, cuda: true);
        var expected = new ExpectedScores(direct, InferFrames.Inputs(model, rows), Tolerance);
        using var served = new Served(replica, model, ServedVersion.Batched, callers, expected, rows);
        var rounds = await plan.TakeTurnsAsync(ct, (time, _) => Task.FromResult(direct.Run(time)), served.RunAsync);

        plan.Output.Title("gpu", $"CUDA, gRPC, concurrency {callers}, {rows} rows a request, {model.Name}, figures per row; {plan.Settings}");
        plan.Output.Side("Run in a loop, one thread", rounds[0], rows);
        plan.Output.Side("served", rounds[1], rows);
        return plan.Output.Ratio($"{model.Name}, {rows} rows: served to Run in a loop", rounds[1], rounds[0], target);
    }
}

using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Serving.Cases;

/// <summary>Requests of 1,024 rows, from one caller and from two, against one thread that runs as many rows at once.</summary>
internal static class GrpcBatchCase
{
    private const double Target = 0.85;
    private const int Rows = 1024;

    public static ServingCase Case { get; } = new("grpc-batch", RunAsync);

    private static async Task<bool> RunAsync(ServingPlan plan, Replicas replicas, CancellationToken ct)
    {
        var replica = await replicas.SharedAsync(ct);
        var met = true;
        foreach (var model in (ServedModel[])[ServedModel.Convnet, ServedModel.Ensemble])
        {
            using var direct = new DirectRuns(model, Rows);
            var expected = new ExpectedScores(direct, InferFrames.Inputs(model, Rows));
            using var alone = new Served(replica, model, plan.Version, callers: 1, expected, Rows);
            using var two = new Served(replica, model, plan.Version, callers: 2, expected, Rows);
            var rounds = await plan.TakeTurnsAsync(ct, (time, _) => Task.FromResult(direct.Run(time)), alone.RunAsync, two.RunAsync);

            plan.Output.Title("grpc-batch", $"{Rows} rows raw FP32 a request, {model.Name}, figures per row, latency per request; {plan.Settings}");
            plan.Output.Side("Run in a loop, one thread", rounds[0], Rows);
            plan.Output.Side("served, concurrency 1", rounds[1], Rows);
            plan.Output.Side("served, concurrency 2", rounds[2], Rows);
            var best = Round.Median(rounds[1]).PerSecond >= Round.Median(rounds[2]).PerSecond ? 1 : 2;
            met &= plan.Output.Ratio($"{model.Name}: served at concurrency {best}, its best, to Run in a loop", rounds[best], rounds[0], Target);
        }
        return met;
    }
}

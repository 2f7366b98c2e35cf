using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Serving.Cases;

/// <summary>Managed bytes of a single-row request in the server, by the counter that the service publishes itself.</summary>
internal static class AllocationsCase
{
    private const int Target = 2048;
    private const int Callers = 64;

    public static ServingCase Case { get; } = new("allocations", RunAsync);

    private static async Task<bool> RunAsync(ServingPlan plan, Replicas replicas, CancellationToken ct)
    {
        var replica = await replicas.SharedAsync(ct);
        var met = true;
        foreach (var model in (ServedModel[])[ServedModel.Mlp, ServedModel.Ensemble, ServedModel.Convnet])
        {
            using var direct = new DirectRuns(model, rows: 1);
            using var served = new Served(replica, model, plan.Version, Callers, new ExpectedScores(direct, InferFrames.Inputs(model, 1)));
            var rounds = await plan.TakeTurnsAsync(ct, served.RunAsync);

            plan.Output.Title("allocations", $"gRPC, concurrency {Callers}, single rows, {model.Name}; {plan.Settings}");
            plan.Output.Side("served", rounds[0]);
            var bytes = Round.Median(rounds[0]).ServerBytes;
            if (bytes <= 0)
            {
                throw new CannotMeasureException($"the replica's /metrics say that {model.Name} took no memory at all: run the case again");
            }
            met &= plan.Output.Verdict(bytes < Target, $"{model.Name}: **{bytes:0} bytes** a request, less than {Target} wanted");
        }
        return met;
    }
}

namespace ModelOps.Bench.Serving.Cases;

/// <summary>A convnet, row by row from 64 callers, against one thread that does nothing but run it.</summary>
internal static class ConvGrpcCase
{
    private const double Target = 0.6;
    private const int Callers = 64;

    public static ServingCase Case { get; } = new("conv-grpc", RunAsync);

    private static async Task<bool> RunAsync(ServingPlan plan, Replicas replicas, CancellationToken ct)
    {
        var replica = await replicas.SharedAsync(ct);
        using var direct = new DirectRuns(ServedModel.Convnet, rows: 1);
        var expected = new ExpectedScores(direct, InferFrames.Inputs(ServedModel.Convnet, 1));
        using var served = new Served(replica, ServedModel.Convnet, plan.Version, Callers, expected);
        var rounds = await plan.TakeTurnsAsync(ct, (time, _) => Task.FromResult(direct.Run(time)), served.RunAsync);

        plan.Output.Title("conv-grpc", $"gRPC, concurrency {Callers} (8 connections x 8 streams), single rows, convnet; {plan.Settings}");
        plan.Output.Side("Run in a loop, one thread", rounds[0]);
        plan.Output.Side("served", rounds[1]);
        return plan.Output.Ratio("served to Run in a loop", rounds[1], rounds[0], Target);
    }
}

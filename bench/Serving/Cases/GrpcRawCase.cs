using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Serving.Cases;

/// <summary>The service's own cost: a model that costs next to nothing against Kestrel that moves the same bytes.</summary>
internal static class GrpcRawCase
{
    private const double Target = 0.6;
    private const int Callers = 64;

    public static ServingCase Case { get; } = new("grpc-raw", RunAsync);

    private static async Task<bool> RunAsync(ServingPlan plan, Replicas replicas, CancellationToken ct)
    {
        var replica = await replicas.SharedAsync(ct);
        var model = ServedModel.Mlp;
        using var direct = new DirectRuns(model, rows: 1);
        using var served = new Served(replica, model, plan.Version, Callers, new ExpectedScores(direct, InferFrames.Inputs(model, 1)));
        var frames = InferFrames.Requests(model, plan.Version, rows: 1);
        var answer = await served.AskAsync(ct);
        await using var floor = await FloorProcess.StartAsync(answer, ct);
        using var client = new InferClient(floor.Address, replica.Key, frames, Callers);
        var bare = new Load(Callers, client.CallAsync, floor.UsageAsync);
        var rounds = await plan.TakeTurnsAsync(ct, bare.RunAsync, served.RunAsync);

        plan.Output.Title("grpc-raw", $"gRPC raw single row, mlp, 8 connections x 8 streams, {frames[0].Length} bytes there and {answer.Length} back; {plan.Settings}");
        plan.Output.Side("bare Kestrel h2c, same bytes", rounds[0]);
        plan.Output.Side("served", rounds[1]);
        return plan.Output.Ratio("served to bare h2c", rounds[1], rounds[0], Target);
    }
}

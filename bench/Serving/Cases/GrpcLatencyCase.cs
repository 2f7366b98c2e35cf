using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Serving.Cases;

/// <summary>What a request costs that is alone, beyond the run itself; and what of that the bare exchange of its bytes costs.</summary>
internal static class GrpcLatencyCase
{
    private static readonly TimeSpan Target = TimeSpan.FromMicroseconds(150);

    public static ServingCase Case { get; } = new("grpc-latency", RunAsync);

    private static async Task<bool> RunAsync(ServingPlan plan, Replicas replicas, CancellationToken ct)
    {
        var replica = await replicas.SharedAsync(ct);
        var met = true;
        foreach (var model in (ServedModel[])[ServedModel.Mlp, ServedModel.Ensemble, ServedModel.Convnet])
        {
            using var direct = new DirectRuns(model, rows: 1);
            using var served = new Served(replica, model, plan.Version, callers: 1, new ExpectedScores(direct, InferFrames.Inputs(model, 1)));
            var frames = InferFrames.Requests(model, plan.Version, rows: 1);
            await using var floor = await FloorProcess.StartAsync(await served.AskAsync(ct), ct);
            using var client = new InferClient(floor.Address, replica.Key, frames, callers: 1);
            var bare = new Load(1, client.CallAsync, floor.UsageAsync);
            var rounds = await plan.TakeTurnsAsync(ct, (time, _) => Task.FromResult(direct.Run(time)), served.RunAsync, bare.RunAsync);

            plan.Output.Title("grpc-latency", $"gRPC, concurrency 1, single rows, {model.Name}; {plan.Settings}");
            plan.Output.Side("Run in a loop, one thread", rounds[0]);
            plan.Output.Side("served", rounds[1]);
            plan.Output.Side("bare Kestrel h2c, same bytes", rounds[2]);
            var added = Round.Median(rounds[1]).P50 - Round.Median(rounds[0]).P50;
            var exchange = Round.Median(rounds[2]).P50;
            met &= plan.Output.Verdict(
                added < Target, $"{model.Name}: added latency p50 **{added.TotalMicroseconds:0} us**, less than {Target.TotalMicroseconds:0} wanted; bare h2c takes {exchange.TotalMicroseconds:0}");
        }
        return met;
    }
}

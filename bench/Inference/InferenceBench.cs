using System.CommandLine;
using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Inference;

/// <summary>Single-row gRPC requests to one Inference replica against InferenceSession.Run in a loop, in turn, in one run.</summary>
internal static class InferenceBench
{
    private const int Connections = 8;
    private const int StreamsPerConnection = 8;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public static Command Command()
    {
        var seconds = new Option<int>("--seconds") { Description = "Length of one measurement.", DefaultValueFactory = _ => 4 };
        var rounds = new Option<int>("--rounds") { Description = "Measurements of each kind; medians are printed.", DefaultValueFactory = _ => 3 };
        var command = new Command("inference", "Single-row gRPC to one Inference replica, concurrency 64, against InferenceSession.Run in a loop.") { seconds, rounds };
        command.SetAction((arguments, ct) => RunAsync(TimeSpan.FromSeconds(arguments.GetValue(seconds)), arguments.GetValue(rounds), arguments.InvocationConfiguration.Output, ct));
        return command;
    }

    private static async Task RunAsync(TimeSpan length, int rounds, TextWriter output, CancellationToken ct)
    {
        await using var application = await BenchApplication.StartAsync(ct);
        await output.WriteLineAsync($"one replica, one intra-op thread, {Connections} connections x {StreamsPerConnection} streams, rotating inputs; medians of {rounds} rounds of {length.TotalSeconds:0} s");
        await output.WriteLineAsync();
        await output.WriteLineAsync("| model | Run in a loop, rows/s | served, requests/s | ratio | p50 ms | p99 ms | through the gateway, requests/s | ratio to direct | p50 ms | p99 ms |");
        await output.WriteLineAsync("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var model in GoldenModel.All)
        {
            await application.DeployAsync(model, ct);
            await output.WriteLineAsync(await MeasureAsync(application, model, length, rounds, ct));
        }
    }

    private static async Task<string> MeasureAsync(BenchApplication application, GoldenModel model, TimeSpan length, int rounds, CancellationToken ct)
    {
        using var floor = new SessionLoop(model);
        using var direct = new ServedLoad(application.InferenceGrpc, application.ServiceKey, model, Connections, StreamsPerConnection);
        using var proxied = new ServedLoad(application.GatewayGrpc, application.AdminKey, model, Connections, StreamsPerConnection);
        floor.Run(WarmUp);
        await direct.RunAsync(WarmUp, ct);
        await proxied.RunAsync(WarmUp, ct);

        var (rows, served, through) = (new List<double>(), new List<LoadFigures>(), new List<LoadFigures>());
        for (var round = 0; round < rounds; round++)
        {
            rows.Add(floor.Run(length));
            served.Add(await direct.RunAsync(length, ct));
            through.Add(await proxied.RunAsync(length, ct));
        }

        var (rowsPerSecond, directly, viaGateway) = (Median.Of(rows), LoadFigures.MedianOf(served), LoadFigures.MedianOf(through));
        return $"| {model.Name} | {rowsPerSecond:0} | {directly.PerSecond:0} | {directly.PerSecond / rowsPerSecond:0.000} | {directly.P50Milliseconds:0.00} | {directly.P99Milliseconds:0.00} "
            + $"| {viaGateway.PerSecond:0} | {viaGateway.PerSecond / directly.PerSecond:0.00} | {viaGateway.P50Milliseconds:0.00} | {viaGateway.P99Milliseconds:0.00} |";
    }
}

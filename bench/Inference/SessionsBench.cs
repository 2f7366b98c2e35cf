using System.CommandLine;
using ModelOps.Bench.Measuring;
using ModelOps.Bench.Serving;

namespace ModelOps.Bench.Inference;

/// <summary>What threads lose when they share an ONNX Runtime session: runs per second on one against those on one each, in turn, in one run.</summary>
internal static class SessionsBench
{
    private static readonly (ServedModel Model, int Rows)[] Cases =
    [
        (ServedModel.Mlp, 1), (ServedModel.Mlp, 64), (ServedModel.Ensemble, 1), (ServedModel.Convnet, 1), (ServedModel.Convnet, 64),
        (ServedModel.Wide, 1), (ServedModel.Transformer, 1),
    ];

    public static Command Command()
    {
        var threads = new Option<int>("--threads") { Description = "Threads that run at the same time.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var rounds = new Option<int>("--rounds") { Description = "Measurements of each kind; medians are printed.", DefaultValueFactory = _ => 3 };
        var command = new Command("sessions", "Threads on one ONNX Runtime session against threads on one each.") { threads, rounds };
        command.SetAction((arguments, ct) => RunAsync(arguments.GetValue(threads), arguments.GetValue(rounds), arguments.InvocationConfiguration.Output, ct));
        return command;
    }

    private static async Task RunAsync(int threads, int rounds, TextWriter output, CancellationToken ct)
    {
        await output.WriteLineAsync($"{threads} threads, medians of {rounds} rounds of 1 s, runs per second");
        await output.WriteLineAsync();
        await output.WriteLineAsync("| model | rows | one thread | one session | a session each | ratio |");
        await output.WriteLineAsync("|---|---|---|---|---|---|");
        foreach (var (model, rows) in Cases)
        {
            var own = Enumerable.Range(0, threads).Select(_ => new DirectRuns(model, rows)).ToList();
            var shared = Enumerable.Repeat(own[0], threads).ToList();
            var (alone, together, apart) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                ct.ThrowIfCancellationRequested();
                alone.Add(await RateAsync([own[0]]));
                together.Add(await RateAsync(shared));
                apart.Add(await RateAsync(own));
            }
            own.ForEach(runs => runs.Dispose());
            await output.WriteLineAsync(
                $"| {model.Name} | {rows} | {Median.Of(alone):0} | {Median.Of(together):0} | {Median.Of(apart):0} | {Median.Of(apart) / Median.Of(together):0.00} |");
        }
    }

    /// <returns>Runs per second of all threads together.</returns>
    private static async Task<double> RateAsync(IReadOnlyList<DirectRuns> sessions) =>
        (await Task.WhenAll(sessions.Select(session => Task.Factory.StartNew(
            () => session.Run(TimeSpan.FromSeconds(1)).PerSecond, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)))).Sum();
}

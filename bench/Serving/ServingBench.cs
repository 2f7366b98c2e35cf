using System.CommandLine;
using ModelOps.Bench.Serving.Cases;

namespace ModelOps.Bench.Serving;

/// <summary>The numbers that one Inference replica has to reach, each against a floor that is measured in turn with it.</summary>
internal static class ServingBench
{
    private static readonly ServingCase[] Cases =
    [
        ConvGrpcCase.Case, GrpcRawCase.Case, GrpcLatencyCase.Case, GrpcBatchCase.Case, AllocationsCase.Case, WideMlpCase.Case, BatchingCase.Case,
        PredictRestCase.Case, GpuCase.Case,
    ];

    public static Command Command()
    {
        var names = new Option<string[]>("--case") { Description = "Only these; all but gpu unless said.", AllowMultipleArgumentsPerToken = true };
        names.AcceptOnlyFromAmong([.. Cases.Select(one => one.Name)]);
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each side, taken in turn; medians are printed.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<double>("--seconds") { Description = "Length of a round.", DefaultValueFactory = _ => 3 };
        var warmUp = new Option<double>("--warm-up") { Description = "Length of the first round of each side, in seconds, which does not count.", DefaultValueFactory = _ => 10 };
        var log = new Option<string>("--prediction-log") { Description = "Whether the replica logs predictions to a broker.", DefaultValueFactory = _ => "on" };
        var batching = new Option<string>("--batching") { Description = "Which version is asked; the cases about batching ask both.", DefaultValueFactory = _ => "on" };
        log.AcceptOnlyFromAmong("on", "off");
        batching.AcceptOnlyFromAmong("on", "off", "both");
        var command = new Command("serving", "One Inference replica against floors, case by case.") { names, rounds, seconds, warmUp, log, batching, FloorProcess.ServeCommand() };
        command.SetAction(async (parsed, ct) =>
        {
            var asked = parsed.GetValue(names) is { Length: > 0 } some ? Cases.Where(one => some.Contains(one.Name)) : Cases.Where(one => one != GpuCase.Case);
            var plan = new ServingPlan(
                parsed.GetValue(rounds),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
                parsed.GetValue(log) == "on",
                Batching: true,
                parsed.InvocationConfiguration.Output);
            bool[] sides = parsed.GetValue(batching) switch { "on" => [true], "off" => [false], _ => [true, false] };
            try
            {
                return await RunAsync([.. asked], plan, sides, ct);
            }
            catch (CannotMeasureException missing)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(missing.Message);
                return 2;
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(ServingCase[] cases, ServingPlan plan, bool[] batching, CancellationToken ct)
    {
        await plan.Output.WriteLineAsync($"{Environment.ProcessorCount} cores, medians of {plan.Rounds} rounds of {plan.Time.TotalSeconds:0.#} s taken in turn");
        await using var replicas = new Replicas(plan.PredictionLog);
        var met = true;
        foreach (var one in cases)
        {
            foreach (var side in one.IsAboutBatching ? [true] : batching)
            {
                met &= await one.RunAsync(plan with { Batching = side }, replicas, ct);
            }
        }
        return met ? 0 : 1;
    }
}

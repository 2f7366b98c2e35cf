using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Serving;

/// <summary>How results are written: a table of sides and a line with the verdict.</summary>
internal static class Figures
{
    public static void Title(this TextWriter output, string name, string what)
    {
        output.WriteLine();
        output.WriteLine($"## {name}: {what}");
        output.WriteLine();
        output.WriteLine("| side | per second | rounds | p50 ms | p99 ms | client us CPU | server us CPU | server B |");
        output.WriteLine("|---|---|---|---|---|---|---|---|");
    }

    /// <param name="output">Where to.</param>
    /// <param name="side">Whose figures.</param>
    /// <param name="rounds">Its rounds.</param>
    /// <param name="rows">Rows of a call, which are what is counted.</param>
    public static void Side(this TextWriter output, string side, Round[] rounds, int rows = 1)
    {
        var median = Round.Median(rounds);
        output.WriteLine(
            $"| {side} | {rows * median.PerSecond:0} | {rows * rounds.Min(round => round.PerSecond):0}..{rows * rounds.Max(round => round.PerSecond):0} "
            + $"| {median.P50.TotalMilliseconds:0.000} | {median.P99.TotalMilliseconds:0.000} "
            + $"| {median.ClientCpu.TotalMicroseconds / rows:0.0} | {median.ServerCpu.TotalMicroseconds / rows:0.0} | {median.ServerBytes / rows:0} |");
    }

    /// <summary>Ratio of the medians of calls a second, with that of the single rounds behind it.</summary>
    public static bool Ratio(this TextWriter output, string what, Round[] mine, Round[] floor, double target)
    {
        double[] rounds = [.. mine.Zip(floor, (one, other) => one.PerSecond / other.PerSecond).Order()];
        var ratio = Round.Median(mine).PerSecond / Round.Median(floor).PerSecond;
        return output.Verdict(ratio >= target, $"{what}: ratio **{ratio:0.000}** (rounds {rounds[0]:0.000} to {rounds[^1]:0.000}), at least {target:0.00} wanted");
    }

    public static bool Verdict(this TextWriter output, bool met, string line)
    {
        output.WriteLine();
        output.WriteLine($"{line}: {(met ? "met" : "MISSED")}");
        return met;
    }
}

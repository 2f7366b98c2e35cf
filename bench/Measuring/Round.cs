namespace ModelOps.Bench.Measuring;

/// <summary>What one round of load measured.</summary>
/// <param name="PerSecond">Calls.</param>
/// <param name="P50">Median latency.</param>
/// <param name="P99">Latency of all but one in a hundred.</param>
/// <param name="ClientCpu">Processor time per call, which tells more than the rate when the machine is busy otherwise.</param>
/// <param name="ServerCpu">Processor time per call.</param>
/// <param name="ClientBytes">Allocated per call.</param>
/// <param name="ServerBytes">Allocated per call.</param>
internal sealed record Round(double PerSecond, TimeSpan P50, TimeSpan P99, TimeSpan ClientCpu, TimeSpan ServerCpu, double ClientBytes, double ServerBytes)
{
    /// <summary>The median of each figure by itself.</summary>
    public static Round Median(IReadOnlyCollection<Round> rounds) => new(
        Measuring.Median.Of(rounds.Select(round => round.PerSecond)),
        Middle(rounds, round => round.P50),
        Middle(rounds, round => round.P99),
        Middle(rounds, round => round.ClientCpu),
        Middle(rounds, round => round.ServerCpu),
        Measuring.Median.Of(rounds.Select(round => round.ClientBytes)),
        Measuring.Median.Of(rounds.Select(round => round.ServerBytes)));

    private static TimeSpan Middle(IReadOnlyCollection<Round> rounds, Func<Round, TimeSpan> figure) =>
        TimeSpan.FromTicks((long)Measuring.Median.Of(rounds.Select(round => (double)figure(round).Ticks)));
}

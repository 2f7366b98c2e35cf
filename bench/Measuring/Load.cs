using System.Diagnostics;

namespace ModelOps.Bench.Measuring;

/// <summary>A closed loop: so many callers, each with one call under way at any time.</summary>
/// <param name="callers">How many.</param>
/// <param name="call">One call of the caller with this number.</param>
/// <param name="serverUsage">What the server's process has used so far.</param>
internal sealed class Load(int callers, Func<int, CancellationToken, Task> call, Func<CancellationToken, Task<Usage>> serverUsage)
{
    /// <summary>Calls for so long, and tells how it went.</summary>
    public async Task<Round> RunAsync(TimeSpan time, CancellationToken ct)
    {
        var latencies = new LatencyHistogram[callers];
        for (var caller = 0; caller < callers; caller++)
        {
            latencies[caller] = new LatencyHistogram();
        }
        var serverBefore = await serverUsage(ct);
        var clientBefore = Usage.OfThisProcess();
        var begin = Stopwatch.GetTimestamp();
        var end = begin + (long)(time.TotalSeconds * Stopwatch.Frequency);

        await Task.WhenAll(latencies.Select((mine, caller) => CallUntilAsync(caller, end, mine, ct)));

        var elapsed = Stopwatch.GetElapsedTime(begin);
        var client = Usage.OfThisProcess() - clientBefore;
        var server = await serverUsage(ct) - serverBefore;
        var all = LatencyHistogram.Sum(latencies);
        return new Round(
            all.Count / elapsed.TotalSeconds,
            all.Percentile(0.5),
            all.Percentile(0.99),
            client.Cpu / all.Count,
            server.Cpu / all.Count,
            (double)client.Allocated / all.Count,
            (double)server.Allocated / all.Count);
    }

    private async Task CallUntilAsync(int caller, long end, LatencyHistogram latencies, CancellationToken ct)
    {
        for (var before = Stopwatch.GetTimestamp(); before < end;)
        {
            await call(caller, ct);
            var after = Stopwatch.GetTimestamp();
            latencies.Add(after - before);
            before = after;
        }
    }
}

using System.Diagnostics;

namespace ModelOps.Samples.Fraud;

/// <summary>Sends every row once with a fixed number of callers, and measures each call.</summary>
public sealed record LoadRun(float[] Answers, double RequestsPerSecond, double P50Milliseconds, double P99Milliseconds)
{
    /// <summary>Calls in flight at a time.</summary>
    public const int Concurrency = 16;

    /// <summary>Runs the load.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="call">Sends row i and gives the answer.</param>
    /// <param name="ct">Ends the run.</param>
    public static async Task<LoadRun> RunAsync(int rows, Func<int, CancellationToken, Task<float>> call, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(call);
        var answers = new float[rows];
        var milliseconds = new double[rows];
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, rows, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = ct }, async (row, ct) =>
        {
            var start = Stopwatch.GetTimestamp();
            answers[row] = await call(row, ct);
            milliseconds[row] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        });
        var seconds = watch.Elapsed.TotalSeconds;

        Array.Sort(milliseconds);
        return new LoadRun(answers, rows / seconds, milliseconds[rows / 2], milliseconds[(int)(rows * 0.99)]);
    }
}

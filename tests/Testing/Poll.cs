using System.Diagnostics;

namespace ModelOps.Testing;

/// <summary>Waits for conditions of whole processes; everything inside one process has a sync point or a virtual clock.</summary>
public static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is true.</summary>
    /// <param name="what">What is waited for, for the failure message.</param>
    /// <param name="condition">Asked every 50 ms; an exception counts as false and is shown when time runs out.</param>
    /// <param name="within">How long to ask; 30 s unless said.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="TimeoutException">The condition did not hold in time.</exception>
    public static async Task UntilAsync(string what, Func<CancellationToken, Task<bool>> condition, TimeSpan? within = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var limit = within ?? TimeSpan.FromSeconds(30);
        var watch = Stopwatch.StartNew();
        Exception? last = null;
        do
        {
            try
            {
                if (await condition(ct))
                {
                    return;
                }
                last = null;
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                last = e;
            }
            await Task.Delay(Interval, ct);
        }
        while (watch.Elapsed < limit);

        throw new TimeoutException($"{what}: not within {limit.TotalSeconds:0.#} s{(last is null ? "" : $" ({last.Message})")}", last);
    }

    /// <summary>Asks until the answer is true.</summary>
    /// <inheritdoc cref="UntilAsync(string, Func{CancellationToken, Task{bool}}, TimeSpan?, CancellationToken)"/>
    public static Task UntilAsync(string what, Func<bool> condition, TimeSpan? within = null, CancellationToken ct = default) =>
        UntilAsync(what, _ => Task.FromResult(condition()), within, ct);
}

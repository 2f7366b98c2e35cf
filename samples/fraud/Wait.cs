namespace ModelOps.Samples.Fraud;

/// <summary>Asks until an answer is there.</summary>
public static class Wait
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks again and again.</summary>
    /// <param name="what">What is waited for, to be named when it does not come.</param>
    /// <param name="limit">How long.</param>
    /// <param name="ask">Gives the answer, or null while there is none.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">It did not come.</exception>
    public static async Task<T> ForAsync<T>(string what, TimeSpan limit, Func<CancellationToken, Task<T?>> ask, CancellationToken ct)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(ask);
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timer.CancelAfter(limit);
        try
        {
            while (true)
            {
                if (await ask(timer.Token) is { } answer)
                {
                    return answer;
                }
                await Task.Delay(Interval, timer.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new InvalidOperationException($"{what}: not after {limit.TotalSeconds:0} s");
        }
    }
}

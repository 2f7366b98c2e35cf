namespace ModelOps.Retrainer.Runs;

/// <summary>Wakes the workers of this process when there may be something to do; other processes find it when they look again.</summary>
internal sealed class RunSignal : IDisposable
{
    private readonly SemaphoreSlim _set = new(0, 1);

    public void Set()
    {
        lock (_set)
        {
            if (_set.CurrentCount == 0)
            {
                _set.Release();
            }
        }
    }

    /// <summary>Waits for the signal, or for as long as said.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken ct) => _set.WaitAsync(atMost, ct);

    public void Dispose() => _set.Dispose();
}

using System.Collections.Concurrent;

namespace ModelOps.Interop.Server;

/// <summary>What calls wait for, and what became of those that nobody waited for any more.</summary>
internal sealed class CallLedger(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, int> _abandoned = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Gate> _gates = new(StringComparer.Ordinal);

    public TimeSpan Until(DateTime deadline) => deadline - clock.GetUtcNow().UtcDateTime;

    public int Abandoned(string call) => _abandoned.GetValueOrDefault(call);

    /// <summary>Ends only by the token, and counts that.</summary>
    public async Task UntilAbandonedAsync(string call, CancellationToken ct)
    {
        var abandoned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (ct.Register(abandoned.SetResult))
        {
            await abandoned.Task;
        }
        _abandoned.AddOrUpdate(call, 1, (_, count) => count + 1);
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Waits until as many calls wait as the gate needs to open.</summary>
    public Task PassGateAsync(string name, int calls, CancellationToken ct) =>
        _gates.GetOrAdd(name, static (_, calls) => new Gate(calls), calls).PassAsync(ct);

    private sealed class Gate(int calls)
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _missing = calls;

        public Task PassAsync(CancellationToken ct)
        {
            if (Interlocked.Decrement(ref _missing) == 0)
            {
                _open.SetResult();
            }
            return _open.Task.WaitAsync(ct);
        }
    }
}

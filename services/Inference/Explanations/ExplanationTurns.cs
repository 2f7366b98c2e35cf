using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Explanations;

/// <summary>Explanations cost more than predictions: a few at a time, a bounded number waiting, so that predictions keep the processors.</summary>
internal sealed class ExplanationTurns(IOptions<ExplanationOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(options.Value.MaxConcurrent);
    private int _waiting;

    /// <summary>Does something in its turn.</summary>
    public async Task<Outcome<T>> RunAsync<T>(Func<T> work, CancellationToken ct)
        where T : notnull
    {
        if (Interlocked.Increment(ref _waiting) > options.Value.MaxQueued + options.Value.MaxConcurrent)
        {
            Interlocked.Decrement(ref _waiting);
            return new Refusal(RefusalKind.ResourceExhausted, $"{options.Value.MaxQueued} rows are waiting to be explained already");
        }
        try
        {
            await _turns.WaitAsync(ct);
            try
            {
                return await Task.Run(work, ct);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _turns.Dispose();
}

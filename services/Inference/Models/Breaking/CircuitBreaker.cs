using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models.Breaking;

/// <summary>
/// Takes a version out when its runs fail for reasons of its own: requests are then refused at once, and after a wait one
/// of them tries whether it is well again. While nothing fails it costs a request one read. Polly's breaker wraps calls in
/// delegates; here a run of many requests counts once, and is over on another thread than the one that asked.
/// </summary>
internal sealed class CircuitBreaker(VersionKey version, BreakerOptions options, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private volatile Outage? _outage;
    private long _firstFailureAt;
    private int _failures;
    private int _successes;
    private bool _isTrying;

    /// <summary>Called when the version was taken out, or came back.</summary>
    public Action<Outage?>? Changed { get; set; }

    /// <summary>Why the version takes no requests now; null while it does, or while the next one would try it.</summary>
    public Outage? Outage => _outage is { } outage && clock.GetUtcNow() < outage.Until ? outage : null;

    /// <summary>Asks whether a request may run.</summary>
    /// <param name="refusal">Why not.</param>
    public bool TryEnter([System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = _outage is null ? null : Refuse();
        return refusal is null;
    }

    /// <summary>A run ended well.</summary>
    public void Succeeded()
    {
        if (_outage is null)
        {
            if (Volatile.Read(ref _failures) > 0)
            {
                Interlocked.Increment(ref _successes);
            }
            return;
        }
        lock (_lock)
        {
            if (!_isTrying)
            {
                return; // it was under way when the version was taken out
            }
            (_outage, _isTrying, _failures) = (null, false, 0);
        }
        Changed?.Invoke(null);
    }

    /// <summary>A run failed, and not because of what the caller sent.</summary>
    public void Failed(string reason)
    {
        Outage outage;
        lock (_lock)
        {
            if (_outage is not null)
            {
                if (!_isTrying)
                {
                    return;
                }
                outage = Open($"its trial failed: {reason}");
            }
            else if (IsTooMuch())
            {
                outage = Open($"{_failures} of {_failures + _successes} runs failed, the last one so: {reason}");
            }
            else
            {
                return;
            }
        }
        Changed?.Invoke(outage);
    }

    private bool IsTooMuch()
    {
        if (_failures == 0 || clock.GetElapsedTime(_firstFailureAt) > options.Window)
        {
            (_firstFailureAt, _failures, _successes) = (clock.GetTimestamp(), 0, 0);
        }
        _failures++;
        return _failures >= options.Failures && _failures >= options.FailureRatio * (_failures + _successes);
    }

    private Outage Open(string reason)
    {
        (_failures, _isTrying) = (0, false);
        return _outage = new Outage(reason, clock.GetUtcNow() + options.Wait);
    }

    private NotRun? Refuse()
    {
        lock (_lock)
        {
            if (_outage is not { } outage)
            {
                return null; // it came back a moment ago
            }
            var now = clock.GetUtcNow();
            if (now >= outage.Until)
            {
                // One request tries. If nothing is heard of it, as when its caller goes away, the next one does after another wait.
                (_outage, _isTrying) = (outage with { Until = now + options.Wait }, true);
                return null;
            }
            return new NotRun(RefusalKind.Unavailable, $"version {version.Version} of '{version.Model}' is taken out for now: {outage.Reason}") { RetryAfter = outage.Until - now };
        }
    }
}

/// <summary>Why, and until when, a version takes no requests.</summary>
/// <param name="Reason">One line.</param>
/// <param name="Until">When a request may try it.</param>
internal sealed record Outage(string Reason, DateTimeOffset Until);

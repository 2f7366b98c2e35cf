using ModelOps.Inference.Models.Batching;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models.Caching;

/// <summary>The answers of one loaded version. They go with it.</summary>
internal sealed class VersionCache(ResponseCache cache, BatchRules rules, ModelStatistics statistics, TimeProvider clock) : IDisposable
{
    /// <summary>Answers from the cache, with an equal request that is under way, or by a run.</summary>
    public async ValueTask<Outcome<InferenceResult>> RunAsync(
        LoadedModel model, BoundInputs inputs, OutputSelection outputs, RunPreferences preferences, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var key = CacheKey.Of(this, inputs, outputs);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var (kept, flight, isOwn) = cache.Find(key);
            var looked = clock.GetTimestamp() - started;
            if (isOwn)
            {
                return await FlyAsync(key, model, inputs, outputs, preferences, looked, ct);
            }
            Landing? landing = flight is null ? default(Landing) : await LandedAsync(flight, ExpiryOf(preferences, started), ct);
            if (landing is not { } landed)
            {
                statistics.CacheMiss(looked);
                statistics.Failed(FailureReason.Rejected, clock.GetTimestamp() - started);
                return NotRun.Expired;
            }
            if ((kept ?? landed.Outputs?.Open()) is { } result)
            {
                statistics.CacheHit(clock.GetTimestamp() - started);
                return result;
            }
            if (flight is not null && !landed.IsAbandoned && landed.Outputs is null)
            {
                // It failed or is too large to keep; the one that waited is not to blame and need not wait for others like it.
                statistics.CacheMiss(looked);
                return await model.RunNowAsync(inputs, outputs, preferences, ct);
            }
        }
    }

    public void Dispose() => cache.Drop(this);

    /// <summary>Until when a request may wait for an equal one: as long as it may for a run, since that is what it waits for.</summary>
    private long ExpiryOf(in RunPreferences preferences, long started) => rules.DelaysExpired
        ? long.MaxValue
        : rules.Demand(preferences.Priority, preferences.TimeoutMicroseconds, started, clock.TimestampFrequency).ExpiresAt;

    /// <summary>Waits for an equal request.</summary>
    /// <returns>How it ended; null when it goes on and the time is over.</returns>
    private async ValueTask<Landing?> LandedAsync(Flight flight, long expiresAt, CancellationToken ct)
    {
        var landed = flight.Landed;
        while (!landed.IsCompleted && clock.GetTimestamp() is var now && now < expiresAt)
        {
            // Timers take whole milliseconds, and not any number of them.
            var left = expiresAt == long.MaxValue ? Timeout.InfiniteTimeSpan
                : TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(clock.GetElapsedTime(now, expiresAt).TotalMilliseconds), int.MaxValue - 1));
            await ((Task)landed.WaitAsync(left, clock, ct)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
        }
        return landed.IsCompleted ? await landed : null;
    }

    /// <summary>Runs a request and keeps its answer.</summary>
    private async ValueTask<Outcome<InferenceResult>> FlyAsync(
        CacheKey key, LoadedModel model, BoundInputs inputs, OutputSelection outputs, RunPreferences preferences, long looked, CancellationToken ct)
    {
        var landing = new Landing(null, IsAbandoned: true);
        var copying = 0L;
        try
        {
            var outcome = await model.RunNowAsync(inputs, outputs, preferences, ct);
            var copied = clock.GetTimestamp();
            landing = new(outcome.Value is { } result && cache.Takes(CachedOutputs.SizeOf(result)) ? new CachedOutputs(result) : null, IsAbandoned: false);
            copying = clock.GetTimestamp() - copied;
            return outcome;
        }
        finally
        {
            statistics.CacheMiss(looked + copying);
            cache.Land(key, landing);
        }
    }
}

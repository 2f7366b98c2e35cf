using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models.Caching;

/// <summary>The answers of one loaded version. They go with it.</summary>
internal sealed class VersionCache(ResponseCache cache, ModelStatistics statistics, TimeProvider clock) : IDisposable
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
            var landing = flight is null ? default : await flight.Landed.WaitAsync(ct);
            if ((kept ?? landing.Outputs?.Open()) is { } result)
            {
                statistics.CacheHit(clock.GetTimestamp() - started);
                return result;
            }
            if (flight is not null && !landing.IsAbandoned && landing.Outputs is null)
            {
                // It failed or is too large to keep; the one that waited is not to blame and need not wait for others like it.
                statistics.CacheMiss(looked);
                return await model.RunNowAsync(inputs, outputs, preferences, ct);
            }
        }
    }

    public void Dispose() => cache.Drop(this);

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

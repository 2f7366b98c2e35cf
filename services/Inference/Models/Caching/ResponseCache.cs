using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace ModelOps.Inference.Models.Caching;

/// <summary>
/// Answers of all versions that keep any, bounded in bytes; what was not used for longest goes first. Knows the requests under
/// way too, so that equal ones run once.
/// </summary>
internal sealed class ResponseCache
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, LinkedListNode<Entry>> _entries = [];
    private readonly Dictionary<CacheKey, Flight> _flights = [];

    /// <summary>Most lately used first.</summary>
    private readonly LinkedList<Entry> _byUse = new();
    private readonly long _maxBytes;
    private long _bytes;

    public ResponseCache(IOptions<ResponseCacheOptions> options, IMeterFactory meters)
    {
        _maxBytes = options.Value.MaxBytes;
        var meter = meters.Create(InferenceMetrics.Name);
        meter.CreateObservableGauge("modelops.inference.response_cache.size", () => Bytes, "By", "Memory of the answers that are kept.");
        meter.CreateObservableGauge("modelops.inference.response_cache.under_way", () => UnderWay, "{request}", "Requests that equal ones wait for.");
    }

    /// <summary>Memory of the answers that are kept.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Requests that equal ones wait for, or would.</summary>
    public int UnderWay
    {
        get
        {
            lock (_lock)
            {
                return _flights.Count;
            }
        }
    }

    /// <summary>Whether an answer of a size may be kept: none may push out most of the others.</summary>
    public bool Takes(long bytes) => bytes <= _maxBytes / 4;

    /// <summary>Looks for an answer.</summary>
    /// <returns>The answer; or the request that is to bring it, and whether that is the caller's own.</returns>
    public (InferenceResult? Kept, Flight? Flight, bool IsOwn) Find(in CacheKey key)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return (node.Value.Outputs.Open(), null, false);
            }
            if (_flights.TryGetValue(key, out var flight))
            {
                return (null, flight, false);
            }
            return (null, _flights[key] = new Flight(), true);
        }
    }

    /// <summary>Ends a request that was to bring an answer.</summary>
    /// <param name="key">The answer.</param>
    /// <param name="landing">How it ended; its outputs are the cache's and the waiting requests' now.</param>
    public void Land(in CacheKey key, Landing landing)
    {
        Flight? flight;
        lock (_lock)
        {
            _flights.Remove(key, out flight);
            if (landing.Outputs is { } outputs)
            {
                _entries.Add(key, _byUse.AddFirst(new Entry(key, outputs)));
                _bytes += outputs.Bytes;
                while (_bytes > _maxBytes)
                {
                    Remove(_byUse.Last!);
                }
            }
        }
        flight?.Land(landing);
    }

    /// <summary>Forgets the answers of a version.</summary>
    public void Drop(VersionCache owner)
    {
        lock (_lock)
        {
            foreach (var node in _entries.Where(entry => entry.Key.Owner == owner).Select(entry => entry.Value).ToList())
            {
                Remove(node);
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
        _bytes -= node.Value.Outputs.Bytes;
        node.Value.Outputs.Release();
    }

    private sealed record Entry(CacheKey Key, CachedOutputs Outputs);
}

/// <summary>How a request ended that was to bring an answer.</summary>
/// <param name="Outputs">What it brought; null when there is nothing to keep.</param>
/// <param name="IsAbandoned">True when its caller left: another one may try.</param>
internal readonly record struct Landing(CachedOutputs? Outputs, bool IsAbandoned);

/// <summary>A request under way that others with the same inputs wait for.</summary>
internal sealed class Flight
{
    private readonly TaskCompletionSource<Landing> _landing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Landing> Landed => _landing.Task;

    public void Land(Landing landing) => _landing.SetResult(landing);
}

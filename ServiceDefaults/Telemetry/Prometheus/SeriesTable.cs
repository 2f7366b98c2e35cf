using System.Collections.Concurrent;

namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>
/// The series of one family, at most so many. A label with too many values must not take the process down: what comes
/// beyond the limit is recorded in one overflow series, visibly.
/// </summary>
internal sealed class SeriesTable(int limit, Func<string, Series> create)
{
    /// <summary>The same tags in another order are another way to the same series.</summary>
    private const int OrdersPerSeries = 4;

    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], Series> _byTags = new(TagComparer.Instance);
    private readonly ConcurrentDictionary<string, Series> _byLabels = new(StringComparer.Ordinal);
    private readonly Lock _growing = new();
    private volatile Series? _overflow;

    public IEnumerable<Series> All => _overflow is { } overflow ? _byLabels.Values.Append(overflow) : _byLabels.Values;

    public Series Get(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _byTags.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>().TryGetValue(tags, out var known) ? known : Find(tags);

    /// <summary>Forgets series that were not reported at this scrape.</summary>
    public void DropUnreported(long scrape)
    {
        lock (_growing)
        {
            var gone = _byLabels.Where(series => series.Value.Scrape != scrape).ToArray();
            foreach (var series in gone)
            {
                _byLabels.TryRemove(series);
            }
            if (_overflow is { } overflow && overflow.Scrape != scrape)
            {
                _overflow = null;
            }
            if (gone.Length > 0)
            {
                _byTags.Clear(); // only a cache
            }
        }
    }

    private Series Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_growing)
        {
            if (_byTags.Count >= limit * OrdersPerSeries)
            {
                return Overflow();
            }
            var labels = Labels.Render(tags);
            if (!_byLabels.TryGetValue(labels, out var series))
            {
                series = _byLabels.Count < limit ? _byLabels.GetOrAdd(labels, create) : Overflow();
            }
            _byTags[tags.ToArray()] = series;
            return series;
        }
    }

    private Series Overflow() => _overflow ??= create(Labels.Overflow);
}

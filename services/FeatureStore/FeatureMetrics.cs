using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ModelOps.FeatureStore;

/// <summary>What this service counts.</summary>
internal sealed class FeatureMetrics
{
    private readonly Counter<long> _rows;
    private readonly Counter<long> _values;
    private readonly Histogram<double> _duration;

    public FeatureMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ModelOps.FeatureStore");
        _rows = meter.CreateCounter<long>("modelops.features.rows.stored", "{row}", "Rows added to the history.");
        _values = meter.CreateCounter<long>("modelops.features.online.rows", "{row}", "Entity rows read from the online store.");
        _duration = meter.CreateHistogram<double>("modelops.features.online.duration", "s", "Time of an online read.");
    }

    /// <summary>Counts rows that were not there before.</summary>
    public void Stored(string path, long rows) => _rows.Add(rows, new KeyValuePair<string, object?>("path", path));

    /// <summary>Counts an online read.</summary>
    public void Read(int rows, long since, bool succeeded)
    {
        _values.Add(succeeded ? rows : 0);
        _duration.Record(Stopwatch.GetElapsedTime(since).TotalSeconds, new KeyValuePair<string, object?>("outcome", succeeded ? "ok" : "failed"));
    }
}

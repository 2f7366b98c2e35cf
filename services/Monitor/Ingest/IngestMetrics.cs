using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ModelOps.Monitor.Predictions;

namespace ModelOps.Monitor.Ingest;

/// <summary>What is known of predictions while they are stored.</summary>
internal sealed class IngestMetrics
{
    private const int MaxClasses = 20;
    private const int LongestClass = 64;
    private const string Other = "other";

    // The names and bounds that the documents of the field give.
    private static readonly double[] LatencyBounds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Counter<long> _predictions;
    private readonly Histogram<double> _latency;
    private readonly Counter<long> _stored;
    private readonly Counter<long> _known;
    private readonly Counter<long> _rejected;
    private readonly ConcurrentDictionary<(string Model, string Class), bool> _classes = new();
    private readonly ConcurrentDictionary<string, int> _classesOf = new(StringComparer.Ordinal);

    public IngestMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ModelOps.Monitor");
        _predictions = meter.CreateCounter<long>("model.predictions", "{prediction}", "Predictions of a model by what was predicted; `error`: failed.");
        _latency = meter.CreateHistogram(
            "model.prediction.latency", "s", "How long Inference took.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = LatencyBounds });
        _stored = meter.CreateCounter<long>("modelops.monitor.ingest.stored", "{prediction}", "Predictions stored.");
        _known = meter.CreateCounter<long>("modelops.monitor.ingest.known", "{prediction}", "Predictions that came again and were dropped.");
        _rejected = meter.CreateCounter<long>("modelops.monitor.ingest.rejected", "{batch}", "Batches of which something could never be stored.");
    }

    /// <summary>Counts a batch that was stored.</summary>
    /// <param name="rows">What was new.</param>
    /// <param name="known">How many were there before.</param>
    public void Stored(IReadOnlyCollection<PredictionRow> rows, int known)
    {
        foreach (var row in rows)
        {
            var model = new KeyValuePair<string, object?>("model_name", row.Model);
            _predictions.Add(1, model, new("prediction_class", ClassOf(row)));
            _latency.Record(row.LatencyUs / 1e6, model);
        }
        _stored.Add(rows.Count);
        _known.Add(known);
    }

    /// <summary>Counts a rejection.</summary>
    public void Rejected(Rejection rejection) => _rejected.Add(1, new KeyValuePair<string, object?>("decoded", rejection.Records > 0));

    /// <summary>The class as a label: a model that predicts values has too many of them, and those are one class.</summary>
    private string ClassOf(PredictionRow row)
    {
        if (row.Error.Length > 0)
        {
            return "error";
        }
        if (row.Prediction.Length > LongestClass)
        {
            return Other;
        }
        if (_classes.ContainsKey((row.Model, row.Prediction)))
        {
            return row.Prediction;
        }
        if (_classesOf.GetValueOrDefault(row.Model) >= MaxClasses || !_classes.TryAdd((row.Model, row.Prediction), true))
        {
            return Other;
        }
        _classesOf.AddOrUpdate(row.Model, 1, (_, count) => count + 1);
        return row.Prediction;
    }
}

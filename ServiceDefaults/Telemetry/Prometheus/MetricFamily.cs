using System.Diagnostics.Metrics;

namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>All series of one name.</summary>
internal sealed class MetricFamily
{
    private readonly SeriesTable _series;
    private readonly MetricUnit _unit;
    private readonly string _help;

    public MetricFamily(Instrument instrument, int maxSeries)
    {
        (Kind, Aggregation) = Classify(instrument);
        var keepsName = PrometheusNaming.IsKept(instrument.Meter);
        _unit = keepsName ? MetricUnit.None : MetricUnit.Of(instrument.Unit);
        Name = keepsName ? MetricNames.Sanitize(instrument.Name) : MetricNames.Family(instrument.Name, _unit, Kind);
        _help = string.IsNullOrWhiteSpace(instrument.Description) ? $"The instrument {instrument.Name}." : instrument.Description;
        _series = new(maxSeries, Creator(instrument));
    }

    public string Name { get; }

    public MetricKind Kind { get; }

    public Aggregation Aggregation { get; }

    /// <summary>Number of the scrape under way.</summary>
    public long Scrape { get; set; }

    /// <summary>Two instruments may share a name, for example one in each of two meters, if they mean the same kind of thing.</summary>
    public bool Fits(MetricFamily other) => Kind == other.Kind && Aggregation == other.Aggregation && _unit == other._unit;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = _series.Get(tags);
        series.Record(value * _unit.Scale);
        series.Scrape = Scrape;
    }

    public void Write(ExpositionWriter output)
    {
        if (Aggregation == Aggregation.Observed)
        {
            _series.DropUnreported(Scrape);
        }
        Series[] shown = [.. _series.All.OrderBy(series => series.Labels, StringComparer.Ordinal)];
        if (shown.Length > 0)
        {
            output.Family(Name, _help, Kind);
            Array.ForEach(shown, series => series.Write(output, Name));
        }
    }

    private Func<string, Series> Creator(Instrument instrument)
    {
        if (Aggregation == Aggregation.Distribution)
        {
            var bounds = HistogramBounds.Of(instrument, _unit);
            return labels => new HistogramSeries(labels, bounds);
        }
        var adds = Aggregation == Aggregation.Sum;
        return labels => new ValueSeries(labels, adds);
    }

    private static (MetricKind Kind, Aggregation Aggregation) Classify(Instrument instrument)
    {
        var type = instrument.GetType();
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (definition == typeof(Counter<>))
        {
            return (MetricKind.Counter, Aggregation.Sum);
        }
        if (definition == typeof(ObservableCounter<>))
        {
            return (MetricKind.Counter, Aggregation.Observed);
        }
        if (definition == typeof(Histogram<>))
        {
            return (MetricKind.Histogram, Aggregation.Distribution);
        }
        if (definition == typeof(UpDownCounter<>))
        {
            return (MetricKind.Gauge, Aggregation.Sum);
        }
        return (MetricKind.Gauge, instrument.IsObservable ? Aggregation.Observed : Aggregation.Last);
    }
}

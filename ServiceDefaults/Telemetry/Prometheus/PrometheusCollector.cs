using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>Listens to the instruments of this application and shows them as Prometheus reads them.</summary>
internal sealed class PrometheusCollector : IDisposable
{
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly Lock _scraping = new();
    private readonly IMeterFactory _meters;
    private readonly string[] _sources;
    private readonly int _maxSeries;
    private readonly ILogger<PrometheusCollector> _logger;
    private long _scrape;

    public PrometheusCollector(IMeterFactory meters, IOptions<TelemetryOptions> options, ILogger<PrometheusCollector> logger)
    {
        _meters = meters;
        _sources = [.. TelemetrySources.Metrics, .. options.Value.Sources];
        _maxSeries = options.Value.MaxSeries;
        _logger = logger;
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, family) => Record(family, (double)value, tags));
    }

    public void Start() => _listener.Start();

    /// <summary>Everything there is to show now.</summary>
    public string Collect()
    {
        lock (_scraping)
        {
            _scrape++;
            foreach (var family in _families.Values)
            {
                family.Scrape = _scrape;
            }
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException e)
            {
                _logger.ObservationFailed(e.InnerExceptions[0]); // the other instruments were asked all the same
            }

            var output = new ExpositionWriter();
            foreach (var family in _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal))
            {
                family.Write(output);
            }
            return output.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private static void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((MetricFamily)family!).Record(value, tags);

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (!IsWanted(instrument.Meter) || TelemetrySources.Silent.Contains(instrument.Name))
        {
            return;
        }
        var described = new MetricFamily(instrument, _maxSeries);
        var family = _families.GetOrAdd(described.Name, described);
        if (family.Fits(described))
        {
            listener.EnableMeasurementEvents(instrument, family);
        }
        else
        {
            _logger.InstrumentConflicts(instrument.Name, instrument.Meter.Name, family.Name);
        }
    }

    /// <summary>Meters that another host of this process made are that host's to show.</summary>
    private bool IsWanted(Meter meter) =>
        (meter.Scope is null || ReferenceEquals(meter.Scope, _meters)) && Array.Exists(_sources, source => TelemetrySources.Matches(source, meter.Name));
}

using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using ModelOps.Monitor.Windows;
using Npgsql;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Watch;

/// <summary>Shows what the last assessed window of each version said: as many versions and features as the options allow, on every replica the same.</summary>
internal sealed partial class WindowGauges : BackgroundService
{
    private readonly WindowStore _windows;
    private readonly IOptions<WatchOptions> _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<WindowGauges> _logger;
    private volatile IReadOnlyList<Wire.Window> _latest = [];

    public WindowGauges(WindowStore windows, IMeterFactory meters, IOptions<WatchOptions> options, TimeProvider clock, ILogger<WindowGauges> logger)
    {
        (_windows, _options, _clock, _logger) = (windows, options, clock, logger);
        var meter = meters.Create("ModelOps.Monitor");
        meter.CreateObservableGauge("modelops.monitor.window.rows", () => Each(window => window.Rows), "{prediction}", "Predictions in the last assessed window.");
        meter.CreateObservableGauge("modelops.monitor.window.drifted", () => Each(window => window.Drifted ? 1 : 0), null, "1 when the last assessed window drifted.");
        meter.CreateObservableGauge("modelops.monitor.window.labels", () => Each(window => window.Quality.Labels), "{label}", "Labels in the last assessed window.");
        meter.CreateObservableGauge("model.drift.score", Scores, null, "Drift of a feature in the last assessed window.");
        meter.CreateObservableGauge("model.accuracy", () => Of(q => q.HasAccuracy ? q.Accuracy : null), null, "Accuracy over the last assessed window.");
        meter.CreateObservableGauge("model.precision", () => Of(q => q.HasPrecision ? q.Precision : null), null, "Precision over the last assessed window.");
        meter.CreateObservableGauge("model.recall", () => Of(q => q.HasRecall ? q.Recall : null), null, "Recall over the last assessed window.");
        meter.CreateObservableGauge("model.f1.score", () => Of(q => q.HasF1 ? q.F1 : null), null, "F1 over the last assessed window.");
        meter.CreateObservableGauge("model.roc.auc", () => Of(q => q.HasRocAuc ? q.RocAuc : null), null, "Area under the ROC curve over the last assessed window.");
        meter.CreateObservableGauge("model.log.loss", () => Of(q => q.HasLogLoss ? q.LogLoss : null), null, "Mean log loss over the last assessed window.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.Value.GaugeInterval, _clock);
        do
        {
            try
            {
                var rows = await _windows.LatestAssessedAsync(_options.Value.MaxVersionsShown, stoppingToken);
                _latest = [.. rows.Select(row => row.ToWire())];
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException && !stoppingToken.IsCancellationRequested)
            {
                Log.NotRead(_logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private IEnumerable<Measurement<double>> Each(Func<Wire.Window, double> value) =>
        _latest.Select(window => new Measurement<double>(value(window), Labels(window)));

    private IEnumerable<Measurement<double>> Of(Func<Wire.WindowQuality, double?> value) =>
        from window in _latest
        let measured = value(window.Quality)
        where measured is not null
        select new Measurement<double>(measured.Value, Labels(window));

    private IEnumerable<Measurement<double>> Scores() =>
        from window in _latest
        from feature in window.Features.Take(_options.Value.MaxFeaturesShown)
        select new Measurement<double>(feature.Score, [.. Labels(window), new("feature", feature.Feature), new("test", feature.Test)]);

    private static KeyValuePair<string, object?>[] Labels(Wire.Window window) =>
        [new("workspace", window.Workspace), new("environment", window.Environment), new("model_name", window.Model), new("model_version", window.Version)];

    private static partial class Log
    {
        [LoggerMessage(EventId = 2025, EventName = "GaugesNotRead", Level = LogLevel.Warning, Message = "Gauges of windows keep their last values: {Reason}")]
        public static partial void NotRead(ILogger logger, string reason);
    }
}

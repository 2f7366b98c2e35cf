using System.Diagnostics.Metrics;

namespace ModelOps.Inference.PredictionLog;

/// <summary>What happens to the records of the log.</summary>
internal sealed class PredictionLogMetrics
{
    private static readonly TimeSpan WarningPeriod = TimeSpan.FromMinutes(1);
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Meter _meter;
    private readonly Counter<long> _logged;
    private readonly Counter<long> _published;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _notSampled;
    private readonly Lock _lock = new();
    private long _droppedSinceWarning;
    private long _warnedAt;

    public PredictionLogMetrics(IMeterFactory meters, TimeProvider clock, ILogger<PredictionLogMetrics> logger)
    {
        (_clock, _logger) = (clock, logger);
        _meter = meters.Create("ModelOps.Inference");
        _logged = _meter.CreateCounter<long>("modelops.inference.prediction_log.logged", "{record}", "Records written to the prediction log.");
        _published = _meter.CreateCounter<long>("modelops.inference.prediction_log.published", "{record}", "Records that the broker confirmed; repeats count again.");
        _dropped = _meter.CreateCounter<long>("modelops.inference.prediction_log.dropped", "{record}", "Predictions answered and not logged, by reason.");
        _notSampled = _meter.CreateCounter<long>("modelops.inference.prediction_log.not_sampled", "{record}", "Predictions not logged since their version wants a share of them logged.");
    }

    /// <summary>Shows how much waits to be published.</summary>
    public void Watch(Func<long> backlogBytes) => _meter.CreateObservableGauge(
        "modelops.inference.prediction_log.backlog", backlogBytes, "By", "Bytes of the prediction log that the broker has not confirmed.");

    public void Logged(int records) => _logged.Add(records);

    public void Published(int records) => _published.Add(records);

    public void NotSampled(int records)
    {
        if (records > 0)
        {
            _notSampled.Add(records);
        }
    }

    /// <summary>Counts what is lost, and says so once in a while: a full disk must not fill the console too.</summary>
    public void Dropped(DropReason reason, long records)
    {
        _dropped.Add(records, new KeyValuePair<string, object?>("reason", Name(reason)));
        lock (_lock)
        {
            _droppedSinceWarning += records;
            if (_warnedAt != 0 && _clock.GetElapsedTime(_warnedAt) < WarningPeriod)
            {
                return;
            }
            Log.Dropped(_logger, _droppedSinceWarning, Name(reason));
            (_droppedSinceWarning, _warnedAt) = (0, _clock.GetTimestamp());
        }
    }

    private static string Name(DropReason reason) => reason switch
    {
        DropReason.Budget => "budget",
        DropReason.Disk => "disk",
        DropReason.Rows => "rows",
        _ => "size",
    };
}

using System.Diagnostics.Metrics;
using ModelOps.Retrainer.Runs;

namespace ModelOps.Retrainer.Execution;

/// <summary>What this service counts.</summary>
internal sealed class RetrainerMetrics
{
    private readonly TimeProvider _clock;
    private readonly Histogram<double> _stages;

    public RetrainerMetrics(IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        var meter = meters.Create("ModelOps.Retrainer");
        _stages = meter.CreateHistogram<double>("modelops.retrainer.stage.duration", "s", "How long stages took, by what became of them.");
    }

    /// <summary>A time stamp to measure from.</summary>
    public long Now => _clock.GetTimestamp();

    /// <summary>Counts a stage.</summary>
    public void StageEnded(string stage, StageResult result, long started) => _stages.Record(
        _clock.GetElapsedTime(started).TotalSeconds,
        new("stage", stage),
        new KeyValuePair<string, object?>("outcome", result.GetType().Name.ToLowerInvariant()));
}

using System.Diagnostics.Metrics;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Monitor.Labels;

/// <summary>Counts labels.</summary>
internal sealed class LabelMetrics
{
    private readonly Counter<long> _stored;
    private readonly Counter<long> _pushes;

    public LabelMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ModelOps.Monitor");
        _stored = meter.CreateCounter<long>("modelops.monitor.labels", "{label}", "Labels stored.");
        _pushes = meter.CreateCounter<long>("modelops.monitor.label.pushes", "{push}", "Pushes of labels, by what became of them.");
    }

    /// <summary>Counts a push.</summary>
    public void Pushed(Outcome<long> stored)
    {
        _pushes.Add(1, new KeyValuePair<string, object?>("outcome", stored.Refusal?.Kind.ToString() ?? "Stored"));
        _stored.Add(stored.Value);
    }
}

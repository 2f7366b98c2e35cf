using System.Diagnostics;
using System.Diagnostics.Metrics;
using ModelOps.Gateway.Replicas;
using Yarp.ReverseProxy.Forwarder;

namespace ModelOps.Gateway.Routing;

/// <summary>What is counted of the requests about models. Only models that are deployed become a tag, so their number is bounded.</summary>
internal sealed class RoutingMetrics
{
    private readonly Histogram<double> _duration;

    public RoutingMetrics(IMeterFactory meters, ReplicaDirectory directory)
    {
        var meter = meters.Create("ModelOps.Gateway");
        _duration = meter.CreateHistogram<double>(
            "modelops.gateway.forward.duration", "s", "Time from the choice of a replica to the end of its answer.",
            advice: new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        meter.CreateObservableGauge("modelops.gateway.replicas", () => directory.Current.Replicas.Length, "{replica}", "Inference replicas that are connected.");
    }

    /// <summary>Records a request that was passed on.</summary>
    public void Forwarded(PredictionHeaders prediction, ForwarderError error, TimeSpan duration) => _duration.Record(duration.TotalSeconds, new TagList
    {
        { "model", prediction.Model },
        { "version", prediction.Version },
        { "outcome", error == ForwarderError.None ? "answered" : "failed" },
    });
}

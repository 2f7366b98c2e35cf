using System.Diagnostics.Metrics;

namespace ModelOps.Inference.Models;

/// <summary>How long requests wait and how long the steps of a run take, as distributions by model and version.</summary>
internal sealed class PhaseMetrics(IMeterFactory meters, TimeProvider clock)
{
    /// <summary>From ten microseconds, which is what a small model takes, to ten seconds.</summary>
    private static readonly double[] Bounds =
        [1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Histogram<double> _durations = meters.Create(InferenceMetrics.Name).CreateHistogram(
        "modelops.inference.phase.duration", "s", "Waiting of each request, and steps of each run: preparing inputs, running the model, taking outputs apart.",
        tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds });

    public PhaseRecorder Of(VersionKey version) => new(_durations, version, clock.TimestampFrequency);
}

/// <summary>The phases of one version.</summary>
internal sealed class PhaseRecorder(Histogram<double> durations, VersionKey version, long ticksPerSecond)
{
    private readonly KeyValuePair<string, object?>[] _queue = Tags(version, "queue");
    private readonly KeyValuePair<string, object?>[] _input = Tags(version, "compute_input");
    private readonly KeyValuePair<string, object?>[] _infer = Tags(version, "compute_infer");
    private readonly KeyValuePair<string, object?>[] _output = Tags(version, "compute_output");

    public void Waited(long ticks) => durations.Record(Seconds(ticks), _queue);

    public void Ran(long inputTicks, long inferTicks, long outputTicks)
    {
        durations.Record(Seconds(inputTicks), _input);
        durations.Record(Seconds(inferTicks), _infer);
        durations.Record(Seconds(outputTicks), _output);
    }

    private double Seconds(long ticks) => (double)ticks / ticksPerSecond;

    private static KeyValuePair<string, object?>[] Tags(VersionKey version, string phase) =>
        [new("model", version.Model), new("version", version.Version.ToString()), new("phase", phase)];
}

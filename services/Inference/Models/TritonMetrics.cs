using System.Diagnostics.Metrics;
using ModelOps.ServiceDefaults.Telemetry;

namespace ModelOps.Inference.Models;

/// <summary>Statistics of the loaded versions under the names that Triton's metrics have, for the dashboards and alerts that exist for them.</summary>
internal sealed class TritonMetrics
{
    private const string Name = "ModelOps.Inference.Triton";
    private static readonly string[] Reasons = ["REJECTED", "CANCELED", "BACKEND", "OTHER"];
    private readonly ModelCatalog _catalog;

    public TritonMetrics(IMeterFactory meters, ModelCatalog catalog)
    {
        _catalog = catalog;
        var meter = meters.Create(new MeterOptions(Name) { Tags = [PrometheusNaming.Keep] });
        Counter(meter, "nv_inference_request_success", "Requests that were answered.", counts => counts.Success.Count);
        meter.CreateObservableCounter("nv_inference_request_failure", () => Failures(), description: "Requests that were not answered, by reason.");
        Counter(meter, "nv_inference_count", "Rows that were run; answers from the cache do not count.", counts => counts.Inferences);
        Counter(meter, "nv_inference_exec_count", "Runs.", counts => counts.Executions);
        meter.CreateObservableGauge("nv_inference_pending_request_count", () => Measure(counts => counts.Pending), description: "Requests that wait for their run.");
        Duration(meter, "nv_inference_request_duration_us", "Answering requests, waiting included.", counts => counts.Success);
        Duration(meter, "nv_inference_queue_duration_us", "Requests waiting for their run.", counts => counts.Queue);
        Duration(meter, "nv_inference_compute_input_duration_us", "Preparing the inputs of requests.", counts => counts.ComputeInput);
        Duration(meter, "nv_inference_compute_infer_duration_us", "Running the model for requests.", counts => counts.ComputeInfer);
        Duration(meter, "nv_inference_compute_output_duration_us", "Taking the outputs of requests apart.", counts => counts.ComputeOutput);
        Cache(meter, "nv_cache_num_hits_per_model", "Requests that were answered from the cache.", counts => counts.CacheHit.Count);
        Cache(meter, "nv_cache_num_misses_per_model", "Requests that the cache had no answer for.", counts => counts.CacheMiss.Count);
        Cache(meter, "nv_cache_hit_duration_per_model", "Answering from the cache, in microseconds.", counts => Microseconds(counts.CacheHit));
        Cache(meter, "nv_cache_miss_duration_per_model", "Looking in the cache in vain and putting answers in, in microseconds.", counts => Microseconds(counts.CacheMiss));
    }

    private void Counter(Meter meter, string name, string description, Func<StatisticsSnapshot, long> read) =>
        meter.CreateObservableCounter(name, () => Measure(read), description: description);

    private void Duration(Meter meter, string name, string description, Func<StatisticsSnapshot, DurationSum> read) =>
        meter.CreateObservableCounter(name, () => Measure(counts => Microseconds(read(counts))), description: $"{description} Microseconds.");

    /// <summary>Only of versions whose answers are kept.</summary>
    private void Cache(Meter meter, string name, string description, Func<StatisticsSnapshot, long> read) => meter.CreateObservableCounter(
        name, () => Loaded().Where(model => model.Serving.ResponseCache.Enabled).Select(model => Of(model, read(model.Statistics.Snapshot()))), description: description);

    private IEnumerable<Measurement<long>> Measure(Func<StatisticsSnapshot, long> read) => Loaded().Select(model => Of(model, read(model.Statistics.Snapshot())));

    private IEnumerable<Measurement<long>> Failures() => Loaded().SelectMany(model =>
        model.Statistics.Snapshot().Failures.Select((failures, reason) => Of(model, failures.Count, new KeyValuePair<string, object?>("reason", Reasons[reason]))));

    private IEnumerable<LoadedModel> Loaded() => _catalog.Now.Models.Values.SelectMany(model => model.Versions.Values).Select(version => version.Loaded).OfType<LoadedModel>();

    private static long Microseconds(DurationSum sum) => sum.Nanoseconds / 1000;

    private static Measurement<long> Of(LoadedModel model, long value, params ReadOnlySpan<KeyValuePair<string, object?>> more) =>
        new(value, [new("model", model.Key.Model), new("version", model.Version), .. more]);
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models;

/// <summary>What the service counts and traces.</summary>
internal sealed class InferenceMetrics
{
    public const string Grpc = "grpc";
    public const string Rest = "rest";
    public const string Predict = "predict";
    public const string Name = "ModelOps.Inference";

    private static readonly ActivitySource Traces = new(Name);
    private readonly TimeProvider _clock;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;

    public InferenceMetrics(IMeterFactory meters, ModelCatalog catalog, TimeProvider clock)
    {
        _clock = clock;
        var meter = meters.Create(Name);
        _requests = meter.CreateCounter<long>("modelops.inference.requests", "{request}", "Inference requests by model, version, protocol and outcome.");
        _duration = meter.CreateHistogram<double>("modelops.inference.duration", "s", "Time from a decoded request to its encoded answer.");
        meter.CreateObservableGauge("modelops.inference.versions", () => Versions(catalog.Now), "{version}", "Versions held, by state.");
        meter.CreateObservableGauge("modelops.inference.breaker_open", () => Breakers(catalog.Now), "{version}", "1 for a version that is taken out because its runs fail, else 0.");
        meter.CreateObservableGauge("modelops.inference.execution_provider", () => Providers(catalog.Now), "{version}", "1 for the execution provider that a version runs on; unmet: what was wished for instead, and why it is not met.");
    }

    public long Start() => _clock.GetTimestamp();

    public TimeSpan Since(long started) => _clock.GetElapsedTime(started);

    /// <summary>Starts a span; null when nobody listens.</summary>
    public static Activity? Trace(LoadedModel model, string protocol)
    {
        var activity = Traces.StartActivity("inference");
        activity?.SetTag("modelops.model", model.Key.Model).SetTag("modelops.version", model.Version).SetTag("modelops.protocol", protocol);
        return activity;
    }

    /// <summary>Counts a request. Requests for models that are not held share one series: names that callers invent must not make new ones.</summary>
    public void Record(long started, string protocol, LoadedModel? model, Refusal? refusal)
    {
        var tags = new TagList
        {
            { "model", model?.Key.Model ?? "" },
            { "version", model?.Version ?? "" },
            { "protocol", protocol },
            { "outcome", Outcome(refusal) },
        };
        _requests.Add(1, tags);
        _duration.Record(Since(started).TotalSeconds, tags);
    }

    private static string Outcome(Refusal? refusal) => refusal?.Kind switch
    {
        null => "ok",
        RefusalKind.Invalid => "invalid",
        RefusalKind.NotFound => "not_found",
        RefusalKind.Unavailable => "unavailable",
        RefusalKind.ResourceExhausted or RefusalKind.TooLarge => "exhausted",
        _ => "failed",
    };

    private static IEnumerable<LoadedModel> Loaded(CatalogSnapshot snapshot) =>
        snapshot.Models.Values.SelectMany(model => model.Versions.Values).Select(version => version.Loaded).OfType<LoadedModel>();

    private static IEnumerable<Measurement<int>> Providers(CatalogSnapshot snapshot) => Loaded(snapshot).Select(model => new Measurement<int>(
        1, new("model", model.Key.Model), new("version", model.Version), new("provider", model.Provider), new KeyValuePair<string, object?>("unmet", model.UnmetWishes)));

    private static IEnumerable<Measurement<int>> Breakers(CatalogSnapshot snapshot) => Loaded(snapshot).Select(model => new Measurement<int>(
        model.Breaker.Outage is null ? 0 : 1, new("model", model.Key.Model), new KeyValuePair<string, object?>("version", model.Version)));

    private static IEnumerable<Measurement<int>> Versions(CatalogSnapshot snapshot) =>
        snapshot.Models.Values.SelectMany(model => model.Versions.Values)
            .CountBy(version => version.State)
            .Select(state => new Measurement<int>(state.Value, new KeyValuePair<string, object?>("state", state.Key switch
            {
                LoadStage.Ready => "ready",
                LoadStage.Failed => "failed",
                _ => "loading",
            })));
}

using System.Diagnostics.Metrics;
using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.Models;

[Collection(Serving.Name)]
public sealed class InferenceMetricsTests(Serving serving)
{
    [Fact]
    public async Task Requests_are_counted_by_model_and_outcome_and_unknown_names_make_no_series()
    {
        var seen = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Name == "modelops.inference.requests")
            {
                meters.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            lock (seen)
            {
                seen.Add(string.Join(' ', tags.ToArray().Select(tag => tag.Value)));
            }
        });
        listener.Start();

        await serving.App.InferAsync(Requests.Of("sum", Requests.Floats("a", [1, 2], 1, 2), Requests.Floats("b", [1, 2], 3, 4)));
        await serving.App.RefusedAsync(Requests.Of("sum"));
        await serving.App.RefusedAsync(Requests.Of("a-name-that-a-caller-made-up"));

        Assert.Contains("sum 1 grpc ok", seen);
        Assert.Contains("sum 1 grpc invalid", seen);
        Assert.Contains("  grpc not_found", seen);
        Assert.DoesNotContain(seen, tags => tags.Contains("made-up", StringComparison.Ordinal));
    }
}

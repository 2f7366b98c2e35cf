using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.Models;

[Collection(Serving.Name)]
public sealed class InferenceMetricsTests(Serving serving)
{
    [Fact]
    public async Task Requests_are_counted_by_model_and_outcome_and_unknown_names_make_no_series()
    {
        var seen = new ConcurrentBag<string>(); // the meters of every test class of this process are heard
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Name == "modelops.inference.requests")
            {
                meters.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => seen.Add(string.Join(' ', tags.ToArray().Select(tag => tag.Value))));
        listener.Start();

        await serving.App.InferAsync(Requests.Of("sum", Requests.Floats("a", [1, 2], 1, 2), Requests.Floats("b", [1, 2], 3, 4)));
        await serving.App.RefusedAsync(Requests.Of("sum"));
        await serving.App.RefusedAsync(Requests.Of("a-name-that-a-caller-made-up"));

        Assert.Contains("sum 1 grpc ok", seen);
        Assert.Contains("sum 1 grpc invalid", seen);
        Assert.Contains("  grpc not_found", seen);
        Assert.DoesNotContain(seen, tags => tags.Contains("made-up", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_traced_request_shows_its_wait_its_batch_and_its_run()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        var seen = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "ModelOps.Inference" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.TraceId.ToHexString() == Trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = seen.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/sum/infer")
        {
            Content = Requests.Json("""{"inputs":[{"name":"a","datatype":"FP32","shape":[1,2],"data":[1,2]},{"name":"b","datatype":"FP32","shape":[1,2],"data":[3,4]}]}"""),
        };
        request.Headers.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");

        using var answer = await serving.App.Http.SendAsync(request, CancellationToken.None);

        Assert.True(answer.IsSuccessStatusCode);
        await Poll.UntilAsync("the request's own span has ended", () => seen.Any(span => span.OperationName == "inference"), ct: CancellationToken.None);
        var own = seen.Single(span => span.OperationName == "inference");
        var steps = seen.Where(span => span.ParentSpanId == own.SpanId).ToDictionary(span => span.OperationName);
        Activity[] inOrder = [steps["inference.queue"], steps["inference.batch"], steps["inference.compute"]];
        Assert.All(inOrder, span => Assert.Equal(1, span.GetTagItem("modelops.batch_rows")));
        Assert.All(inOrder.Zip(inOrder.Skip(1)), pair => Assert.True(pair.First.StartTimeUtc + pair.First.Duration <= pair.Second.StartTimeUtc + TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task Dashboards_made_for_Triton_find_its_names()
    {
        var before = await ScrapeAsync("nv_inference_request_success");
        await serving.App.InferAsync(Requests.Of("sum", Requests.Floats("a", [2, 2], 1, 2, 3, 4), Requests.Floats("b", [2, 2], 3, 4, 5, 6)));

        Assert.Equal(before + 1, await ScrapeAsync("nv_inference_request_success"));
        Assert.True(await ScrapeAsync("nv_inference_count") >= 2);
        Assert.True(await ScrapeAsync("nv_inference_exec_count") >= 1);
        Assert.Equal(0, await ScrapeAsync("nv_inference_pending_request_count"));
        foreach (var phase in (string[])["request", "queue", "compute_input", "compute_infer", "compute_output"])
        {
            Assert.True(await ScrapeAsync($"nv_inference_{phase}_duration_us") >= 0);
        }
        var lines = (await serving.App.Http.GetStringAsync("/metrics")).Split('\n');
        Assert.Contains("""nv_inference_request_failure{model="sum",reason="REJECTED",version="1"} 0""", lines);
        Assert.Contains(lines, line => line.StartsWith("""modelops_inference_phase_duration_seconds_count{model="sum",phase="compute_infer",version="1"}""", StringComparison.Ordinal));
    }

    private async Task<double> ScrapeAsync(string name)
    {
        var series = $$"""{{name}}{model="sum",version="1"} """;
        var line = Assert.Single((await serving.App.Http.GetStringAsync("/metrics")).Split('\n'), line => line.StartsWith(series, StringComparison.Ordinal));
        return double.Parse(line[series.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}

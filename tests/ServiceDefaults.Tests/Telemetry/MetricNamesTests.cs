using ModelOps.ServiceDefaults.Telemetry.Prometheus;

namespace ModelOps.ServiceDefaults.Tests.Telemetry;

public sealed class MetricNamesTests
{
    [Theory]
    [InlineData("modelops.inference.requests", "{request}", "Counter", "modelops_inference_requests_total")]
    [InlineData("modelops.inference.rows.total", null, "Counter", "modelops_inference_rows_total")]
    [InlineData("http.server.request.duration", "s", "Histogram", "http_server_request_duration_seconds")]
    [InlineData("modelops.x.latency", "ms", "Histogram", "modelops_x_latency_seconds")]
    [InlineData("process.cpu.time", "s", "Counter", "process_cpu_time_seconds_total")]
    [InlineData("modelops.artifact.size", "By", "Histogram", "modelops_artifact_size_bytes")]
    [InlineData("modelops.sent.bytes", "By", "Counter", "modelops_sent_bytes_total")]
    [InlineData("network.io", "By/s", "Gauge", "network_io_bytes_per_second")]
    [InlineData("dotnet.process.cpu.count", "{cpu}", "Gauge", "dotnet_process_cpu_current")]
    [InlineData("modelops.queue.total", null, "Gauge", "modelops_queue")]
    [InlineData("modelops.cache.hitRate", "%", "Gauge", "modelops_cache_hit_rate_ratio")]
    [InlineData("2xx-answers", null, "Counter", "_2xx_answers_total")]
    public void An_instrument_gets_a_name_that_prometheus_likes(string instrument, string? unit, string kind, string name) =>
        Assert.Equal(name, MetricNames.Family(instrument, MetricUnit.Of(unit), Enum.Parse<MetricKind>(kind)));

    [Fact]
    public void Labels_are_sorted_snake_cased_and_escaped()
    {
        KeyValuePair<string, object?>[] tags = [new("Zone.Name", "a\"b\\c\nd"), new("le", 1.5), new("errorType", null)];

        Assert.Equal("""error_type="",exported_le="1.5",zone_name="a\"b\\c\nd""" + "\"", Labels.Render(tags));
    }
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.ServiceDefaults.Tests.Hosting;

namespace ModelOps.ServiceDefaults.Tests.Telemetry;

public sealed class PrometheusTests : IAsyncLifetime
{
    private TestHost _host = null!;
    private Meter _meter = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(
            map: app => app.MapGet("/work", () => "done"), settings: new() { ["Telemetry:MaxSeries"] = "3" });
        _meter = _host.Services.GetRequiredService<IMeterFactory>().Create("ModelOps.Probe");
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Every_kind_of_instrument_is_shown()
    {
        var counter = _meter.CreateCounter<long>("modelops.probe.requests", "{request}", "Requests.");
        var upDown = _meter.CreateUpDownCounter<int>("modelops.probe.active", "{request}", "Running now.");
        var gauge = _meter.CreateGauge<double>("modelops.probe.load", "1", "Load.");
        var histogram = _meter.CreateHistogram("modelops.probe.size", "By", "Sizes.", null, new InstrumentAdvice<long> { HistogramBucketBoundaries = [10, 100] });
        _meter.CreateObservableGauge("modelops.probe.age", () => 42.5, "s", "Age.");
        _meter.CreateObservableCounter("modelops.probe.read", () => 7L, "By", "Read.");

        counter.Add(1, new("model", "credit"), new("protocol", "grpc"));
        counter.Add(2, new("protocol", "grpc"), new("model", "credit")); // another order, the same series
        upDown.Add(3);
        upDown.Add(-1);
        gauge.Record(0.1);
        gauge.Record(0.7);
        foreach (var size in new long[] { 10, 11, 100, 1000 })
        {
            histogram.Record(size);
        }

        var lines = await ScrapeAsync();
        Assert.Contains("# HELP modelops_probe_requests_total Requests.", lines);
        Assert.Contains("# TYPE modelops_probe_requests_total counter", lines);
        Assert.Contains("""modelops_probe_requests_total{model="credit",protocol="grpc"} 3""", lines);
        Assert.Contains("modelops_probe_active 2", lines);
        Assert.Contains("modelops_probe_load 0.7", lines);
        Assert.Contains("""modelops_probe_size_bytes_bucket{le="10"} 1""", lines);
        Assert.Contains("""modelops_probe_size_bytes_bucket{le="100"} 3""", lines);
        Assert.Contains("""modelops_probe_size_bytes_bucket{le="+Inf"} 4""", lines);
        Assert.Contains("modelops_probe_size_bytes_sum 1121", lines);
        Assert.Contains("modelops_probe_size_bytes_count 4", lines);
        Assert.Contains("modelops_probe_age_seconds 42.5", lines);
        Assert.Contains("modelops_probe_read_bytes_total 7", lines);
    }

    [Fact]
    public async Task A_meter_may_keep_the_names_that_its_readers_know()
    {
        var meter = _host.Services.GetRequiredService<IMeterFactory>().Create(new MeterOptions("ModelOps.Known") { Tags = [PrometheusNaming.Keep] });

        meter.CreateObservableCounter("nv_probe_count", () => 3L, "us", "Known.");

        var lines = await ScrapeAsync();
        Assert.Contains("# TYPE nv_probe_count counter", lines);
        Assert.Contains("nv_probe_count 3", lines);
    }

    [Fact]
    public async Task Too_many_label_values_end_in_one_visible_series()
    {
        var counter = _meter.CreateCounter<long>("modelops.probe.users");

        for (var user = 0; user < 50; user++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("user", user));
        }

        var series = (await ScrapeAsync()).Where(line => line.StartsWith("modelops_probe_users_total{", StringComparison.Ordinal)).ToArray();
        Assert.Equal(4, series.Length);
        Assert.Contains("""modelops_probe_users_total{otel_metric_overflow="true"} 47""", series);
    }

    [Fact]
    public async Task An_observed_series_that_is_no_longer_reported_goes_away()
    {
        var replicas = new List<string> { "a", "b" };
        _meter.CreateObservableGauge("modelops.probe.replica", () => replicas.Select(replica => new Measurement<int>(1, new KeyValuePair<string, object?>("id", replica))));
        await ScrapeAsync();

        replicas.Remove("a");

        var lines = await ScrapeAsync();
        Assert.DoesNotContain("""modelops_probe_replica{id="a"} 1""", lines);
        Assert.Contains("""modelops_probe_replica{id="b"} 1""", lines);
    }

    [Fact]
    public async Task A_failing_instrument_does_not_take_the_others_along()
    {
        _meter.CreateObservableGauge("modelops.probe.broken", int () => throw new InvalidOperationException("broken"));
        _meter.CreateObservableGauge("modelops.probe.whole", () => 1);

        Assert.Contains("modelops_probe_whole 1", await ScrapeAsync());
        Assert.Single(_host.Log.Records, record => record.Event == "ObservationFailed");
    }

    [Fact]
    public async Task Two_meanings_of_one_name_are_not_mixed()
    {
        _meter.CreateCounter<long>("modelops.probe.thing").Add(1);
        _meter.CreateHistogram<long>("modelops.probe.thing.total").Record(1);
        _meter.CreateUpDownCounter<long>("modelops.probe.other").Add(1);
        _meter.CreateHistogram<long>("modelops.probe.other").Record(1);

        var lines = await ScrapeAsync();

        Assert.Contains("modelops_probe_other 1", lines);
        Assert.DoesNotContain("# TYPE modelops_probe_other histogram", lines);
        Assert.Single(_host.Log.Records, record => record.Event == "InstrumentConflicts");
    }

    [Fact]
    public async Task Another_hosts_instruments_are_not_shown()
    {
        await using var other = await TestHost.StartAsync();
        other.Services.GetRequiredService<IMeterFactory>().Create("ModelOps.Probe").CreateCounter<long>("modelops.probe.foreign").Add(1);

        Assert.DoesNotContain("modelops_probe_foreign_total 1", await ScrapeAsync());
    }

    [Fact]
    public async Task Promtool_has_nothing_to_complain_about()
    {
        await _host.CreateHttp().GetAsync("/work");
        await _host.CreateHttp(bearer: null).GetAsync("/work");
        _meter.CreateHistogram<double>("modelops.probe.latency", "ms").Record(12, new KeyValuePair<string, object?>("model", "a\"b\\c\nd"));
        _meter.CreateCounter<long>("modelops.probe.rows", "{row}").Add(5);
        var text = await _host.CreateHttp().GetStringAsync("/metrics");
        Assert.Contains("http_server_request_duration_seconds_bucket", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_gc_collections_total", text, StringComparison.Ordinal);

        var (exitCode, complaints) = await PromtoolAsync(text);

        Assert.Equal("", complaints);
        Assert.Equal(0, exitCode);
    }

    private async Task<string[]> ScrapeAsync() => (await _host.CreateHttp(bearer: null).GetStringAsync("/metrics")).Split('\n');

    private static async Task<(int ExitCode, string Complaints)> PromtoolAsync(string metrics)
    {
        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await promtool.StandardInput.WriteAsync(metrics);
        promtool.StandardInput.Close();
        var output = promtool.StandardOutput.ReadToEndAsync();
        var error = promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        return (promtool.ExitCode, await output + await error);
    }
}

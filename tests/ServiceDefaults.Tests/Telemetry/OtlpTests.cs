using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using ModelOps.ServiceDefaults.Tests.Hosting;

namespace ModelOps.ServiceDefaults.Tests.Telemetry;

public sealed class OtlpTests
{
    private static readonly ActivitySource Source = new("ModelOps.OtlpProbe");

    [Fact]
    public async Task What_happened_has_left_when_the_service_has_stopped()
    {
        await using var receiver = await OtlpReceiver.StartAsync();

        await using (var host = await StartAsync(receiver.Endpoint))
        {
            await host.CreateHttp().GetAsync("/otlp-work/7");
        }

        var traces = receiver.Received("traces");
        Assert.Contains("GET /otlp-work/{id}", traces, StringComparison.Ordinal);
        Assert.Contains("own work", traces, StringComparison.Ordinal);
        Assert.Contains("otlp-probe", traces, StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", receiver.Received("metrics"), StringComparison.Ordinal);
        Assert.Contains("worked on 7", receiver.Received("logs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_and_scrapes_leave_no_traces()
    {
        await using var receiver = await OtlpReceiver.StartAsync();

        await using (var host = await StartAsync(receiver.Endpoint))
        {
            foreach (var path in new[] { "/health", "/alive", "/metrics", "/otlp-work/8" })
            {
                await host.CreateHttp().GetAsync(path);
            }
        }

        var traces = receiver.Received("traces");
        Assert.Contains("/otlp-work/8", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("GET /health", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("GET /alive", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("GET /metrics", traces, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_is_sent()
    {
        await using var receiver = await OtlpReceiver.StartAsync();

        await using (var host = await StartAsync(endpoint: null))
        {
            await host.CreateHttp().GetAsync("/otlp-work/9");
        }

        Assert.Equal("", receiver.Received("traces") + receiver.Received("metrics") + receiver.Received("logs"));
    }

    [Fact]
    public async Task A_receiver_that_is_gone_does_not_hold_the_stop_up()
    {
        var host = await StartAsync("http://127.0.0.1:1");
        await host.CreateHttp().GetAsync("/otlp-work/10");

        await host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15));
    }

    private static Task<TestHost> StartAsync(string? endpoint) => TestHost.StartAsync(
        map: app => app.MapGet("/otlp-work/{id}", (int id, ILogger<OtlpTests> logger) =>
        {
            using var activity = Source.StartActivity("own work");
            logger.LogInformation("worked on {Id}", id);
            return id;
        }),
        settings: new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = "otlp-probe",
            ["Telemetry:FlushTimeout"] = "00:00:03",
        });
}

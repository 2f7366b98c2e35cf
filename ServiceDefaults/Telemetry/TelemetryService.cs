using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Telemetry.Prometheus;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ModelOps.ServiceDefaults.Telemetry;

/// <summary>Listens from before the first service starts until after the last one stopped, then sends what is left.</summary>
internal sealed class TelemetryService(
    IConfiguration configuration, IHostEnvironment environment, IOptions<TelemetryOptions> options, PrometheusCollector prometheus)
    : IHostedLifecycleService, IDisposable
{
    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        prometheus.Start();
        if (TelemetryExtensions.IsExported(configuration))
        {
            var resource = TelemetryExtensions.Resource(configuration, environment);
            _traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .SetResourceBuilder(resource)
                .AddSource([.. TelemetrySources.Traces, .. options.Value.Sources])
                .AddOtlpExporter()
                .Build();
            _metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .SetResourceBuilder(resource)
                .AddMeter([.. TelemetrySources.Metrics, .. options.Value.Sources])
                .AddView(instrument => TelemetrySources.Silent.Contains(instrument.Name) ? MetricStreamConfiguration.Drop : null)
                .AddOtlpExporter()
                .Build();
        }
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        var limit = (int)options.Value.FlushTimeout.TotalMilliseconds;
        return Task.WhenAll(
            Task.Run(() => _traces?.Shutdown(limit), cancellationToken),
            Task.Run(() => _metrics?.Shutdown(limit), cancellationToken));
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }
}

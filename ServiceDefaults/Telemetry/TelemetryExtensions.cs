using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOps.ServiceDefaults.Hosting;
using ModelOps.ServiceDefaults.Telemetry.Prometheus;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;

namespace ModelOps.ServiceDefaults.Telemetry;

/// <summary>Traces, metrics and logs: over OTLP where an endpoint is configured, metrics as text on <c>/metrics</c> always.</summary>
internal static class TelemetryExtensions
{
    public const string MetricsPath = "/metrics";
    private const string PrometheusText = "text/plain; version=0.0.4; charset=utf-8";

    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<TelemetryOptions>(TelemetryOptions.Section);
        builder.Services.AddSingleton<PrometheusCollector>();
        builder.Services.AddHostedService<TelemetryService>();
        if (IsExported(builder.Configuration))
        {
            builder.Logging.AddOpenTelemetry(logs =>
            {
                logs.IncludeFormattedMessage = true;
                logs.IncludeScopes = true;
                logs.SetResourceBuilder(Resource(builder.Configuration, builder.Environment));
                logs.AddOtlpExporter();
            });
        }
    }

    public static void MapMetrics(this WebApplication app) =>
        app.MapGet(MetricsPath, (PrometheusCollector collector) => TypedResults.Text(collector.Collect(), PrometheusText)).AllowAnonymous();

    public static bool IsExported(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    /// <summary><c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c>, and the application's name where they say nothing.</summary>
    public static ResourceBuilder Resource(IConfiguration configuration, IHostEnvironment environment)
    {
        var name = configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } said ? said : environment.ApplicationName;
        return ResourceBuilder.CreateDefault().AddEnvironmentVariableDetector().AddService(name, autoGenerateServiceInstanceId: false);
    }
}

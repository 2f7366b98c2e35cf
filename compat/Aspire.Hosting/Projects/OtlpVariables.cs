using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Projects;

/// <summary>Tells a service where its telemetry goes: to the dashboard when one is configured.</summary>
internal static class OtlpVariables
{
    private static readonly string[] GrpcKeys = ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"];
    private static readonly string[] HttpKeys = ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"];

    public static void Add<T>(IResourceBuilder<T> resource)
        where T : IResourceWithEnvironment
    {
        var configuration = resource.ApplicationBuilder.Configuration;
        var isDevelopment = resource.ApplicationBuilder.Environment.IsDevelopment();
        resource.WithEnvironment(context =>
        {
            var variables = context.EnvironmentVariables;
            variables["OTEL_SERVICE_NAME"] = context.Resource.Name;
            variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={Guid.CreateVersion7():N}";
            var grpc = First(configuration, GrpcKeys);
            if ((grpc ?? First(configuration, HttpKeys)) is not { } endpoint)
            {
                return;
            }

            variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
            variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = grpc is null ? "http/protobuf" : "grpc";
            variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
            if (configuration["AppHost:OtlpApiKey"] is { Length: > 0 } key)
            {
                variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";
            }

            if (isDevelopment)
            {
                AddQuickExport(variables);
            }
        });
    }

    /// <summary>In development, whoever looks at the dashboard should not have to wait.</summary>
    private static void AddQuickExport(Dictionary<string, object> variables)
    {
        const string everySecond = "1000";
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = everySecond;
        variables["OTEL_BSP_SCHEDULE_DELAY"] = everySecond;
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = everySecond;
        variables["OTEL_TRACES_SAMPLER"] = "always_on";
        variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
    }

    private static string? First(ConfigurationManager configuration, string[] keys) =>
        keys.Select(key => configuration[key]).FirstOrDefault(value => !string.IsNullOrEmpty(value));
}

using ModelOps.Contracts.Registry.V1;
using ModelOps.Monitor.Alerts;
using ModelOps.Monitor.Api;
using ModelOps.Monitor.Arms;
using ModelOps.Monitor.Drift;
using ModelOps.Monitor.Findings;
using ModelOps.Monitor.Ingest;
using ModelOps.Monitor.Labels;
using ModelOps.Monitor.Policies;
using ModelOps.Monitor.Predictions;
using ModelOps.Monitor.Quality;
using ModelOps.Monitor.Watch;
using ModelOps.Monitor.Windows;
using ModelOps.ServiceDefaults.Clients;
using ModelOps.ServiceDefaults.Database;
using ModelOps.ServiceDefaults.Hosting;
using ModelOps.ServiceDefaults.Messaging;
using RabbitMQ.Client;

namespace ModelOps.Monitor;

/// <summary>What the Monitor is made of.</summary>
internal static class MonitorModule
{
    private const string Broker = "bus";
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    public static void AddMonitor(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("monitordb");
        builder.AddMigrations<PredictionStore>("monitordb");
        builder.AddEventBus(Broker);
        builder.AddOutbox("monitordb");
        builder.AddServiceClient<ModelRegistry.ModelRegistryClient>("Registry", client => client.Idempotent.Add("GetReferenceProfile"));
        builder.Services.AddGrpc();
        builder.AddIngest();
        builder.AddWatch();

        builder.Services.AddSingleton<PredictionStore>();
        builder.Services.AddSingleton<PredictionQueries>();
        builder.Services.AddSingleton<LabelMetrics>();
        builder.Services.AddSingleton<PushLabelsHandler>();
        builder.Services.AddSingleton<ArmQueries>();
        builder.Services.AddSingleton<PolicyStore>();
        builder.Services.AddSingleton<PolicyHandler>();
        builder.Services.AddSingleton<WindowStore>();
        builder.Services.AddSingleton<QualityStore>();
        builder.Services.AddSingleton<AlertStore>();
        builder.Services.AddSingleton<FindingQueries>();
    }

    public static void MapMonitor(this WebApplication app)
    {
        app.MapGrpcService<MonitoringRpc>();
        app.MapMonitoringEndpoints();
        app.MapDeadLetters();
    }

    private static void AddIngest(this IHostApplicationBuilder builder)
    {
        // A connection of its own that does not mend itself: whatever is new about it, everything is declared again.
        builder.AddKeyedRabbitMQClient(Broker, settings => settings.DisableHealthChecks = true, factory =>
        {
            factory.AutomaticRecoveryEnabled = false;
            factory.RequestedHeartbeat = Heartbeat;
            factory.ClientProvidedName = "monitor predictions";
        });
        builder.Services.AddValidatedOptions<IngestOptions>(IngestOptions.Section);
        builder.Services.AddSingleton<IngestMetrics>();
        builder.Services.AddSingleton<RejectedBatchStore>();
        builder.Services.AddSingleton<RejectedBatchQueries>();
        builder.Services.AddSingleton<IngestBatchHandler>();
        builder.Services.AddHostedService(services =>
            ActivatorUtilities.CreateInstance<PredictionConsumer>(services, services.GetRequiredKeyedService<IConnectionFactory>(Broker)));
    }

    private static void AddWatch(this IHostApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<DriftOptions>(DriftOptions.Section);
        builder.Services.AddValidatedOptions<WatchOptions>(WatchOptions.Section);
        builder.Services.AddSingleton<ProfileSource>();
        builder.Services.AddSingleton<WindowAssessor>();
        builder.Services.AddSingleton<FindingStore>();
        builder.Services.AddSingleton<WindowTurn>();
        builder.Services.AddHostedService<WindowWatch>();
        builder.Services.AddHostedService<WindowGauges>();
    }
}

using MassTransit;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Gateway.ApiKeys;
using ModelOps.Gateway.Deployments;
using ModelOps.Gateway.Replicas;
using ModelOps.Gateway.Rollouts;
using ModelOps.Gateway.Routing;
using ModelOps.Gateway.Serving;
using ModelOps.ServiceDefaults.Clients;
using ModelOps.ServiceDefaults.Database;
using ModelOps.ServiceDefaults.Hosting;
using ModelOps.ServiceDefaults.Messaging;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway;

/// <summary>What the Gateway is made of.</summary>
internal static class GatewayModule
{
    public static void AddGateway(this WebApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("gatewaydb");
        builder.AddMigrations<Program>("gatewaydb");
        builder.AddServiceClient<ModelRegistry.ModelRegistryClient>("Registry", client => client.Idempotent.UnionWith(["GetModelVersion", "GrantRollout"]));
        builder.AddEventBus("bus", bus => bus.AddConsumer<ModelVersionStageChangedConsumer, ModelVersionStageChangedConsumerDefinition>());
        builder.AddOutbox("gatewaydb");
        builder.Services.AddGrpc();
        builder.AddApiKeys();
        builder.AddDeployments();
        builder.AddRollouts();
        builder.AddRouting();
    }

    public static void MapGateway(this WebApplication app)
    {
        app.MapApiKeys();
        app.MapDeployments();
        app.MapGrpcService<DeploymentsRpc>();
        app.MapRollouts();
        app.MapGrpcService<RolloutsRpc>();
        app.MapGrpcService<ServingStateRpc>();
        app.MapInference();
        app.MapInferenceRpc();
        app.MapRegistry();
        app.MapServices();
        app.MapDeadLetterProxy();
        app.MapDeadLetters("/api/v1/dead-letters/gateway");
    }

    private static void AddApiKeys(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<ApiKeyOptions>(ApiKeyOptions.Section);
        builder.Services.AddValidatedOptions<BootstrapKeyOptions>(BootstrapKeyOptions.Section);
        builder.AddApiKeys<ApiKeyLookup>();
        builder.Services.AddSingleton<ApiKeyStore>().AddSingleton(services => (ApiKeyLookup)services.GetRequiredService<IApiKeyStore>()).AddSingleton<ApiKeyCommands>();
        builder.Services.AddSingleton<KeyUse>().AddHostedService(services => services.GetRequiredService<KeyUse>());
        builder.Services.AddHostedService<BootstrapKey>();
    }

    private static void AddDeployments(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<DeploymentOptions>(DeploymentOptions.Section);
        builder.Services.AddValidatedOptions<ReplicaOptions>(ReplicaOptions.Section);
        builder.Services.AddSingleton<DeploymentStore>().AddSingleton<DeploymentCatalog>().AddSingleton<DeploymentCommands>().AddSingleton<DeploymentViews>();
        builder.Services.AddSingleton<DeploymentFeed>().AddHostedService(services => services.GetRequiredService<DeploymentFeed>());
        builder.Services.AddSingleton<ReplicaDirectory>().AddSingleton<ReplicaSessions>().AddSingleton<SessionEnvironment>();
        builder.Services.AddHostedService<PreviousVersions>();
        builder.Services.AddHealthChecks().AddCheck<DeploymentHealth>("deployments");
    }

    private static void AddRollouts(this WebApplicationBuilder builder)
    {
        const string Monitor = "Monitor";
        if (builder.Configuration[$"{Monitor}:Address"] is { Length: > 0 })
        {
            builder.AddServiceClient<Monitoring.MonitoringClient>(Monitor, client => client.Idempotent.Add("GetArmStatistics"));
        }
        builder.Services.AddValidatedOptions<RolloutOptions>(RolloutOptions.Section);
        builder.Services.AddSingleton<RolloutMetrics>().AddSingleton<RolloutEnvironment>().AddSingleton<RolloutView>();
        builder.Services.AddSingleton<RolloutStore>().AddSingleton<RolloutPolicyStore>().AddSingleton<RolloutGrants>();
        builder.Services.AddSingleton<RolloutCommands>().AddSingleton<RolloutPolicyCommands>().AddSingleton<WishedRollouts>();
        builder.Services.AddSingleton(services => new MonitorStatistics(
            services.GetService<Monitoring.MonitoringClient>(), services.GetRequiredService<RolloutEnvironment>()));
        builder.Services.AddSingleton<RolloutStepper>().AddHostedService<RolloutController>();
    }

    private static void AddRouting(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<RoutingOptions>(RoutingOptions.Section);
        builder.Services.AddValidatedOptions<DefaultModelOptions>(DefaultModelOptions.Section);
        builder.Services.AddValidatedOptions<RegistryOptions>(RegistryOptions.Section);
        foreach (var service in Enum.GetNames<UpstreamService>())
        {
            builder.Services.AddValidatedOptions<UpstreamServiceOptions>(service, service);
        }
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton(services => new RandomBits((ulong)services.GetRequiredService<TimeProvider>().GetTimestamp()));
        builder.Services.AddSingleton<RoutingTableSource>().AddSingleton<Upstreams>().AddSingleton<UpstreamCredential>();
        builder.Services.AddSingleton<Forwarder>().AddSingleton<ModelForwarding>().AddSingleton<ServiceForwarding>().AddSingleton<RoutingMetrics>();
    }
}

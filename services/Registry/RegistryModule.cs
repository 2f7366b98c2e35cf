using MassTransit;
using ModelOps.Onnx;
using ModelOps.Registry.Artifacts;
using ModelOps.Registry.Governance;
using ModelOps.Registry.Rollouts;
using ModelOps.Registry.Stages;
using ModelOps.Registry.Versions;
using ModelOps.ServiceDefaults.Database;
using ModelOps.ServiceDefaults.Hosting;
using ModelOps.ServiceDefaults.Messaging;

namespace ModelOps.Registry;

/// <summary>What the Registry is made of.</summary>
internal static class RegistryModule
{
    // A chunk of an upload, and the profile in the header, may have 1 MiB; the header around it needs some more.
    private const int MaxMessageBytes = (1 << 20) + (512 << 10);

    public static void AddRegistry(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("registrydb");
        builder.AddMigrations<VersionStore>("registrydb");
        builder.AddEventBus("bus", bus => bus.AddConsumer<RolloutFinishedConsumer, RolloutFinishedConsumerDefinition>());
        builder.AddOutbox("registrydb");
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = MaxMessageBytes);

        builder.Services.AddValidatedOptions<ArtifactOptions>(ArtifactOptions.Section);
        builder.Services.AddValidatedOptions<InspectionLimits>(ArtifactInspection.Section);
        builder.Services.AddSingleton<ArtifactStore>();
        builder.Services.AddSingleton<ArtifactReferences>();
        builder.Services.AddSingleton<ArtifactInspection>();
        builder.Services.AddHostedService<ArtifactSweep>();

        builder.Services.AddSingleton<RegistryMetrics>();
        builder.Services.AddSingleton<VersionStore>();
        builder.Services.AddSingleton<VersionQueries>();
        builder.Services.AddSingleton<RegisterVersionHandler>();
        builder.Services.AddSingleton<PolicyStore>();
        builder.Services.AddSingleton<TransitionStageHandler>();
        builder.Services.AddSingleton<GrantRolloutHandler>();
        builder.Services.AddSingleton<FinishRolloutHandler>();
    }

    public static void MapRegistry(this WebApplication app)
    {
        app.MapGrpcService<ModelRegistryRpc>();
        app.MapVersionEndpoints();
        app.MapPolicyEndpoints();
        app.MapDeadLetters();
    }
}

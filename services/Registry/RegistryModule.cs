using ModelOps.Onnx;
using ModelOps.Registry.Artifacts;
using ModelOps.Registry.Versions;
using ModelOps.ServiceDefaults.Database;
using ModelOps.ServiceDefaults.Hosting;

namespace ModelOps.Registry;

/// <summary>What the Registry is made of.</summary>
internal static class RegistryModule
{
    // A chunk of an upload may have 1 MiB; the message around it needs a few bytes more.
    private const int MaxMessageBytes = (1 << 20) + (64 << 10);

    public static void AddRegistry(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("registrydb");
        builder.AddMigrations<VersionStore>("registrydb");
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
    }

    public static void MapRegistry(this WebApplication app)
    {
        app.MapGrpcService<ModelRegistryRpc>();
        app.MapVersionEndpoints();
    }
}

using ModelOps.FeatureStore.Api;
using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.History;
using ModelOps.FeatureStore.Ingestion;
using ModelOps.FeatureStore.Online;
using ModelOps.ServiceDefaults.Database;
using ModelOps.ServiceDefaults.Hosting;
using ModelOps.ServiceDefaults.Messaging;
using StackExchange.Redis;

namespace ModelOps.FeatureStore;

/// <summary>What the FeatureStore is made of.</summary>
internal static class FeatureStoreModule
{
    // A push may hold 1,000 rows, a batch of a join 10,000.
    private const int MaxMessageBytes = 16 << 20;

    public static void AddFeatureStore(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("featuresdb");
        builder.AddMigrations<DefinitionStore>("featuresdb");
        // A command for a server that is away fails at once instead of waiting for its return.
        builder.AddRedisClient("redis", configureOptions: options => options.BacklogPolicy = BacklogPolicy.FailFast);
        builder.AddEventBus("bus");
        builder.AddOutbox("featuresdb");
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = MaxMessageBytes);
        builder.Services.AddSingleton<FeatureMetrics>();
        builder.AddDefinitions();
        builder.AddValues();
        builder.Services.AddSingleton<DefinitionCommands>();
        builder.Services.AddSingleton<IngestionCommands>();
        builder.Services.AddSingleton<HistoryQueries>();
    }

    public static void MapFeatureStore(this WebApplication app)
    {
        app.MapGrpcService<FeatureStoreRpc>();
        app.MapFeatureEndpoints();
        app.MapDeadLetters();
    }

    private static void AddDefinitions(this IHostApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<DefinitionOptions>(DefinitionOptions.Section);
        builder.Services.AddSingleton<DefinitionStore>();
        builder.Services.AddSingleton<DefinitionCatalog>();
        builder.Services.AddSingleton<DefinitionQueries>();
        builder.Services.AddSingleton<ApplyDefinitionsHandler>();
        builder.Services.AddHostedService<DefinitionFeed>();
    }

    private static void AddValues(this IHostApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<IngestionOptions>(IngestionOptions.Section);
        builder.Services.AddValidatedOptions<OnlineOptions>(OnlineOptions.Section);
        builder.Services.AddSingleton<IngestionLimits>();
        builder.Services.AddSingleton<OnlineStore>();
        builder.Services.AddSingleton<HistoryStore>();
        builder.Services.AddSingleton<MaterializeHandler>();
        builder.Services.AddSingleton<PushHandler>();
        builder.Services.AddSingleton<GetOnlineFeaturesHandler>();
        builder.Services.AddSingleton<JoinHistoryHandler>();
        builder.Services.AddSingleton<ReadHistoryHandler>();
    }
}

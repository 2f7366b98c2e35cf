namespace ModelOps.FeatureStore;

/// <summary>What the FeatureStore is made of.</summary>
internal static class FeatureStoreModule
{
    public static void AddFeatureStore(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("featuresdb");
        builder.Services.AddGrpc();
    }

    public static void MapFeatureStore(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
    }
}

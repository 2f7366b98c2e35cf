namespace ModelOps.Retrainer;

/// <summary>What the Retrainer is made of.</summary>
internal static class RetrainerModule
{
    public static void AddRetrainer(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("retrainerdb");
        builder.Services.AddGrpc();
    }

    public static void MapRetrainer(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
    }
}

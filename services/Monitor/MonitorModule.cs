namespace ModelOps.Monitor;

/// <summary>What the Monitor is made of.</summary>
internal static class MonitorModule
{
    public static void AddMonitor(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("monitordb");
        builder.Services.AddGrpc();
    }

    public static void MapMonitor(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
    }
}

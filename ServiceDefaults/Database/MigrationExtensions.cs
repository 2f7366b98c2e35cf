using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Hosting;
using Npgsql;

namespace ModelOps.ServiceDefaults.Database;

/// <summary>SQL migrations at start.</summary>
public static class MigrationExtensions
{
    /// <summary>
    /// Applies the SQL files embedded as <c>Migrations/NNNN_name.sql</c> before the service listens. Each file runs in one
    /// transaction under an advisory lock, so replicas may start together; a file that was edited after it was applied, a gap
    /// or a number used twice stops the service. The data source of the connection (<c>AddNpgsqlDataSource</c>) is used.
    /// </summary>
    /// <typeparam name="TMarker">Any type of the assembly that embeds the files.</typeparam>
    /// <param name="builder">The service.</param>
    /// <param name="connectionName">Name of the connection, as given to <c>AddNpgsqlDataSource</c> or its keyed variant.</param>
    public static IHostApplicationBuilder AddMigrations<TMarker>(this IHostApplicationBuilder builder, string connectionName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        return builder.AddMigrations(new(connectionName, Schema: null, () => MigrationScripts.Of(typeof(TMarker).Assembly)));
    }

    internal static IHostApplicationBuilder AddMigrations(this IHostApplicationBuilder builder, MigrationTarget target)
    {
        builder.Services.AddValidatedOptions<MigrationOptions>(MigrationOptions.Section);
        // Not AddHostedService, which takes a second one of the same type for a repetition.
        builder.Services.AddSingleton<IHostedService>(services => new MigrationService(
            target,
            new Lazy<NpgsqlDataSource>(() => Source(services, target.ConnectionName)),
            services.GetRequiredService<IOptions<MigrationOptions>>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<MigrationService>>()));
        return builder;
    }

    private static NpgsqlDataSource Source(IServiceProvider services, string connectionName) =>
        services.GetKeyedService<NpgsqlDataSource>(connectionName) ?? services.GetRequiredService<NpgsqlDataSource>();
}

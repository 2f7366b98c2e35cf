using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelOps.ServiceDefaults.Database;
using ModelOps.ServiceDefaults.Hosting;
using Npgsql;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>The outbox of a service.</summary>
public static class OutboxExtensions
{
    private const string Schema = "messaging";

    /// <summary>
    /// Makes the tables of <see cref="Outbox"/>, <see cref="Inbox"/> and the dead letters in the schema <c>messaging</c> before the
    /// service listens, and publishes what the outbox holds. Needs <c>AddNpgsqlDataSource</c> for the same name, and <c>AddEventBus</c>.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="connectionName">Name of the database, as given to <c>AddNpgsqlDataSource</c> or its keyed variant.</param>
    public static IHostApplicationBuilder AddOutbox(this IHostApplicationBuilder builder, string connectionName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        builder.AddMigrations(new(connectionName, Schema, () => MigrationScripts.Of(typeof(OutboxExtensions).Assembly)));
        builder.Services.AddValidatedOptions<OutboxOptions>(OutboxOptions.Section);
        builder.Services.AddSingleton(services => new MessagingDatabase(
            () => services.GetKeyedService<NpgsqlDataSource>(connectionName) ?? services.GetRequiredService<NpgsqlDataSource>()));
        builder.Services.AddSingleton<MessagingMetrics>();
        builder.Services.AddSingleton<OutboxPublisher>();
        builder.Services.AddSingleton<DeadLetterSender>();
        builder.Services.AddSingleton<DeadLetterStore>();
        builder.Services.AddHostedService<OutboxRelay>();
        builder.Services.AddHostedService<MessagingCleanup>();
        return builder;
    }
}

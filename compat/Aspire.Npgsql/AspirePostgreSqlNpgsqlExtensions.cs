using System.Data.Common;
using Aspire.Npgsql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers an <see cref="NpgsqlDataSource"/> by connection name, with its health check.</summary>
public static class AspirePostgreSqlNpgsqlExtensions
{
    private const string Section = "Aspire:Npgsql";

    /// <summary>Registers <see cref="NpgsqlDataSource"/> and what can be had from it as the default one.</summary>
    public static void AddNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = ReadSettings(builder, connectionName, configureSettings);
        builder.Services.TryAddSingleton(services => Build(services, settings, connectionName, configureDataSourceBuilder));
        builder.Services.TryAddSingleton<DbDataSource>(services => services.GetRequiredService<NpgsqlDataSource>());
        builder.Services.TryAddTransient(services => services.GetRequiredService<NpgsqlDataSource>().CreateConnection());
        builder.Services.TryAddTransient<DbConnection>(services => services.GetRequiredService<NpgsqlConnection>());
        AddHealthCheck(builder, settings, "PostgreSql", services => services.GetRequiredService<NpgsqlDataSource>());
    }

    /// <summary>Registers <see cref="NpgsqlDataSource"/> and what can be had from it under the key <paramref name="name"/>.</summary>
    public static void AddKeyedNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string name,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        var settings = ReadSettings(builder, name, configureSettings);
        builder.Services.TryAddKeyedSingleton(name, (services, _) => Build(services, settings, name, configureDataSourceBuilder));
        builder.Services.TryAddKeyedSingleton<DbDataSource>(name, (services, key) => services.GetRequiredKeyedService<NpgsqlDataSource>(key));
        builder.Services.TryAddKeyedTransient(name, (services, key) => services.GetRequiredKeyedService<NpgsqlDataSource>(key).CreateConnection());
        builder.Services.TryAddKeyedTransient<DbConnection>(name, (services, key) => services.GetRequiredKeyedService<NpgsqlConnection>(key));
        AddHealthCheck(builder, settings, $"PostgreSql_{name}", services => services.GetRequiredKeyedService<NpgsqlDataSource>(name));
    }

    private static NpgsqlSettings ReadSettings(IHostApplicationBuilder builder, string connectionName, Action<NpgsqlSettings>? configure)
    {
        var settings = new NpgsqlSettings();
        var section = builder.Configuration.GetSection(Section);
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        if (builder.Configuration.GetConnectionString(connectionName) is { Length: > 0 } connectionString)
        {
            settings.ConnectionString = connectionString;
        }
        configure?.Invoke(settings);
        return settings;
    }

    private static NpgsqlDataSource Build(
        IServiceProvider services, NpgsqlSettings settings, string connectionName, Action<NpgsqlDataSourceBuilder>? configure)
    {
        if (string.IsNullOrEmpty(settings.ConnectionString))
        {
            throw new InvalidOperationException(
                $"ConnectionString is missing. It should be provided in 'ConnectionStrings:{connectionName}' or under the 'ConnectionString' key in '{Section}' or '{Section}:{connectionName}' configuration section.");
        }

        var source = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        source.UseLoggerFactory(services.GetService<ILoggerFactory>());
        if (settings.DisableTracing)
        {
            source.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => false).ConfigureBatchFilter(_ => false));
        }
        configure?.Invoke(source);
        return source.Build();
    }

    private static void AddHealthCheck(
        IHostApplicationBuilder builder, NpgsqlSettings settings, string name, Func<IServiceProvider, NpgsqlDataSource> source)
    {
        if (!settings.DisableHealthChecks)
        {
            // Registered through the options, so that asking for the same name twice does not register it twice.
            builder.Services.AddHealthChecks();
            builder.Services.Configure<HealthCheckServiceOptions>(options =>
            {
                if (options.Registrations.All(registration => registration.Name != name))
                {
                    options.Registrations.Add(new(name, services => new NpgsqlHealthCheck(source(services)), failureStatus: null, tags: null));
                }
            });
        }
    }
}

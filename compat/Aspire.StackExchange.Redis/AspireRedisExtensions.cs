using Aspire.StackExchange.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers one shared Redis connection by connection name, with its health check.</summary>
public static class AspireRedisExtensions
{
    private const string Section = "Aspire:StackExchange:Redis";

    /// <summary>Registers <see cref="IConnectionMultiplexer"/> as the default one. The application starts although Redis is not there yet.</summary>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = ReadSettings(builder, connectionName, configureSettings);
        builder.Services.AddSingleton<IConnectionMultiplexer>(services => Connect(services, builder, settings, connectionName, configureOptions));
        AddRest(builder, settings, "StackExchange.Redis", services => services.GetRequiredService<IConnectionMultiplexer>());
    }

    /// <summary>Registers <see cref="IConnectionMultiplexer"/> under the key <paramref name="name"/>.</summary>
    public static void AddKeyedRedisClient(
        this IHostApplicationBuilder builder,
        string name,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        var settings = ReadSettings(builder, name, configureSettings);
        builder.Services.AddKeyedSingleton<IConnectionMultiplexer>(name, (services, _) => Connect(services, builder, settings, name, configureOptions));
        AddRest(builder, settings, $"StackExchange.Redis_{name}", services => services.GetRequiredKeyedService<IConnectionMultiplexer>(name));
    }

    private static StackExchangeRedisSettings ReadSettings(
        IHostApplicationBuilder builder, string connectionName, Action<StackExchangeRedisSettings>? configure)
    {
        var settings = new StackExchangeRedisSettings();
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

    private static ConnectionMultiplexer Connect(
        IServiceProvider services,
        IHostApplicationBuilder builder,
        StackExchangeRedisSettings settings,
        string connectionName,
        Action<ConfigurationOptions>? configure)
    {
        var options = string.IsNullOrEmpty(settings.ConnectionString) ? new() : ConfigurationOptions.Parse(settings.ConnectionString);
        options.Defaults = new KeepsTrying();
        var section = builder.Configuration.GetSection(Section);
        section.GetSection("ConfigurationOptions").Bind(options);
        section.GetSection(connectionName).GetSection("ConfigurationOptions").Bind(options);
        configure?.Invoke(options);
        if (options.EndPoints.Count == 0)
        {
            throw new InvalidOperationException(
                $"No endpoints specified. Ensure a valid connection string was provided in 'ConnectionStrings:{connectionName}' or for the '{Section}:ConnectionString' configuration key.");
        }
        options.LoggerFactory ??= services.GetService<ILoggerFactory>();
        return ConnectionMultiplexer.Connect(options);
    }

    private static void AddRest(
        IHostApplicationBuilder builder, StackExchangeRedisSettings settings, string name, Func<IServiceProvider, IConnectionMultiplexer> connection)
    {
        if (!settings.DisableAutoActivation)
        {
            builder.Services.AddSingleton<IHostedService>(services => new RedisActivation(() => connection(services)));
        }
        if (!settings.DisableHealthChecks)
        {
            // Registered through the options, so that asking for the same name twice does not register it twice.
            builder.Services.AddHealthChecks();
            builder.Services.Configure<HealthCheckServiceOptions>(options =>
            {
                if (options.Registrations.All(registration => registration.Name != name))
                {
                    options.Registrations.Add(new(name, services => new RedisHealthCheck(() => connection(services)), failureStatus: null, tags: null));
                }
            });
        }
    }

    private sealed class KeepsTrying : DefaultOptionsProvider
    {
        public override bool AbortOnConnectFail => false;
    }
}

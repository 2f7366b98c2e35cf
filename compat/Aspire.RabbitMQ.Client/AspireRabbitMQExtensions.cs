using Aspire.RabbitMQ.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers one shared RabbitMQ connection by connection name, with its health check.</summary>
public static class AspireRabbitMQExtensions
{
    private const string Section = "Aspire:RabbitMQ:Client";

    /// <summary>Registers <see cref="IConnectionFactory"/> and <see cref="IConnection"/> as the default ones.</summary>
    public static void AddRabbitMQClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<RabbitMQClientSettings>? configureSettings = null,
        Action<ConnectionFactory>? configureConnectionFactory = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = ReadSettings(builder, connectionName, configureSettings);
        builder.Services.TryAddSingleton<IConnectionFactory>(_ => CreateFactory(builder, settings, connectionName, configureConnectionFactory));
        builder.Services.TryAddSingleton(services => Connect(services, services.GetRequiredService<IConnectionFactory>(), settings));
        AddHealthCheck(builder, settings, "RabbitMQ.Client", services => services.GetRequiredService<IConnection>());
    }

    /// <summary>Registers <see cref="IConnectionFactory"/> and <see cref="IConnection"/> under the key <paramref name="name"/>.</summary>
    public static void AddKeyedRabbitMQClient(
        this IHostApplicationBuilder builder,
        string name,
        Action<RabbitMQClientSettings>? configureSettings = null,
        Action<ConnectionFactory>? configureConnectionFactory = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        var settings = ReadSettings(builder, name, configureSettings);
        builder.Services.TryAddKeyedSingleton<IConnectionFactory>(
            name, (_, _) => CreateFactory(builder, settings, name, configureConnectionFactory));
        builder.Services.TryAddKeyedSingleton(
            name, (services, key) => Connect(services, services.GetRequiredKeyedService<IConnectionFactory>(key), settings));
        AddHealthCheck(builder, settings, $"RabbitMQ.Client_{name}", services => services.GetRequiredKeyedService<IConnection>(name));
    }

    private static RabbitMQClientSettings ReadSettings(
        IHostApplicationBuilder builder, string connectionName, Action<RabbitMQClientSettings>? configure)
    {
        var settings = new RabbitMQClientSettings();
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

    private static ConnectionFactory CreateFactory(
        IHostApplicationBuilder builder, RabbitMQClientSettings settings, string connectionName, Action<ConnectionFactory>? configure)
    {
        var factory = new ConnectionFactory();
        var section = builder.Configuration.GetSection(Section);
        section.GetSection("ConnectionFactory").Bind(factory);
        section.GetSection(connectionName).GetSection("ConnectionFactory").Bind(factory);
        if (!string.IsNullOrEmpty(settings.ConnectionString))
        {
            factory.Uri = new(settings.ConnectionString);
        }
        configure?.Invoke(factory);
        return factory;
    }

    // A singleton cannot be made asynchronously; the package blocks here as well. Task.Run keeps a caller's context out of it.
    private static IConnection Connect(IServiceProvider services, IConnectionFactory factory, RabbitMQClientSettings settings)
    {
        var connector = new RabbitMQConnector(settings, services.GetService<TimeProvider>() ?? TimeProvider.System);
        return Task.Run(() => connector.ConnectAsync(factory)).GetAwaiter().GetResult();
    }

    private static void AddHealthCheck(
        IHostApplicationBuilder builder, RabbitMQClientSettings settings, string name, Func<IServiceProvider, IConnection> connection)
    {
        if (!settings.DisableHealthChecks)
        {
            // Registered through the options, so that asking for the same name twice does not register it twice.
            builder.Services.AddHealthChecks();
            builder.Services.Configure<HealthCheckServiceOptions>(options =>
            {
                if (options.Registrations.All(registration => registration.Name != name))
                {
                    options.Registrations.Add(
                        new(name, services => new RabbitMQHealthCheck(() => connection(services)), failureStatus: null, tags: null));
                }
            });
        }
    }
}

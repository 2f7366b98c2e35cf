using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Hosting;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>The event bus of a service.</summary>
public static class EventBusExtensions
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Connects the service to RabbitMQ and starts its consumers. The service starts and stays ready while the broker is away:
    /// events wait in the outbox, consumers go on when it is back. Messages are named after the full name of their type,
    /// queues are durable quorum queues, and publishing waits for the broker's confirmation.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="connectionName">Name of the connection string, <c>amqp://user:password@host:port</c>.</param>
    /// <param name="configure">Adds the consumers, each with a definition that derives from <see cref="EventConsumerDefinition{T}"/>.</param>
    public static IHostApplicationBuilder AddEventBus(
        this IHostApplicationBuilder builder, string connectionName, Action<IBusRegistrationConfigurator>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        builder.Services.AddValidatedOptions<EventBusOptions>(EventBusOptions.Section);
        builder.Services.AddSingleton(services => new BusConnection(services.GetRequiredService<IConfiguration>(), connectionName));
        builder.Services.AddSingleton<BrokerReach>();
        builder.Services.AddOptions<MassTransitHostOptions>().Configure<IOptions<EventBusOptions>>((host, bus) =>
        {
            host.WaitUntilStarted = false; // the broker may come later
            host.StopTimeout = bus.Value.StopTimeout;
            host.ConsumerStopTimeout = bus.Value.StopTimeout;
        });
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry(); // it calls home
            bus.ConfigureHealthCheckOptions(health =>
            {
                health.Name = connectionName;
                // Without the broker a service still answers, so it must keep its traffic.
                health.MinimalFailureStatus = HealthStatus.Degraded;
            });
            configure?.Invoke(bus);
            bus.UsingRabbitMq(Connect);
        });
        return builder;
    }

    private static void Connect(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator rabbit)
    {
        var factory = context.GetRequiredService<BusConnection>().CreateFactory();
        var reach = context.GetRequiredService<BrokerReach>();
        rabbit.Host(factory.HostName, (ushort)factory.Endpoint.Port, factory.VirtualHost, host =>
        {
            host.Username(factory.UserName);
            host.Password(factory.Password);
            host.PublisherConfirmation = true;
            host.Heartbeat(Heartbeat);
            host.OnRefreshConnectionFactory = reach.WaitAsync;
            if (factory.Ssl.Enabled)
            {
                host.UseSsl(ssl => ssl.ServerName = factory.HostName);
            }
        });
        rabbit.ConfigureEndpoints(context);
    }
}

using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using ModelOps.ServiceDefaults.Tests.Messaging;
using ModelOps.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ModelOps.ServiceDefaults.Tests.Compat;

[Collection(nameof(MessagingCollection))]
public sealed class RabbitMQClientTests(RabbitMQFixture bus)
{
    [Fact]
    public async Task A_message_goes_through_the_shared_connection_and_the_check_has_the_packages_name()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var host = Build(new() { ["ConnectionStrings:bus"] = bus.ConnectionString }, builder => builder.AddRabbitMQClient("bus"));
        var connection = host.Services.GetRequiredService<IConnection>();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: limit.Token);
        var queue = await channel.QueueDeclareAsync(cancellationToken: limit.Token);

        await channel.BasicPublishAsync("", queue.QueueName, Encoding.UTF8.GetBytes("hello"), limit.Token);
        BasicGetResult? message = null;
        await Poll.UntilAsync(
            "the message arrives", async ct => (message = await channel.BasicGetAsync(queue.QueueName, autoAck: true, ct)) is not null, ct: limit.Token);

        Assert.Equal("hello", Encoding.UTF8.GetString(message!.Body.Span));
        Assert.Same(connection, host.Services.GetRequiredService<IConnection>());
        var entry = Assert.Single((await CheckAsync(host)).Entries);
        Assert.Equal("RabbitMQ.Client", entry.Key);
        Assert.Equal(HealthStatus.Healthy, entry.Value.Status);
    }

    [Fact]
    public async Task Keyed_connections_live_side_by_side()
    {
        using var host = Build(
            new() { ["ConnectionStrings:a"] = bus.ConnectionString, ["ConnectionStrings:b"] = bus.ConnectionString },
            builder =>
            {
                builder.AddKeyedRabbitMQClient("a");
                builder.AddKeyedRabbitMQClient("b", configureConnectionFactory: factory => factory.ClientProvidedName = "second");
            });

        Assert.Equal("second", host.Services.GetRequiredKeyedService<IConnection>("b").ClientProvidedName);
        Assert.NotSame(host.Services.GetRequiredKeyedService<IConnection>("a"), host.Services.GetRequiredKeyedService<IConnection>("b"));
        Assert.Equal(["RabbitMQ.Client_a", "RabbitMQ.Client_b"], (await CheckAsync(host)).Entries.Keys.Order());
    }

    [Fact]
    public void A_broker_that_does_not_answer_is_tried_as_often_as_said()
    {
        var attempts = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Aspire.RabbitMQ.Client",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => attempts += activity is { OperationName: "rabbitmq connect attempt", Status: ActivityStatusCode.Error } ? 1 : 0,
        };
        ActivitySource.AddActivityListener(listener);
        using var host = Build(
            new() { ["ConnectionStrings:bus"] = "amqp://guest:guest@127.0.0.1:1", ["Aspire:RabbitMQ:Client:MaxConnectRetryCount"] = "1" },
            builder => builder.AddRabbitMQClient("bus"));

        Assert.Throws<BrokerUnreachableException>(() => host.Services.GetRequiredService<IConnection>());

        Assert.Equal(2, attempts);
    }

    [Fact]
    public void Settings_have_the_packages_defaults_and_sections()
    {
        int? retries = null;
        using var host = Build(
            new() { ["Aspire:RabbitMQ:Client:bus:ConnectionFactory:ClientProvidedName"] = "from-section", ["ConnectionStrings:bus"] = "amqp://u:p@host:5" },
            builder => builder.AddRabbitMQClient("bus", settings =>
            {
                retries = settings.MaxConnectRetryCount;
                settings.DisableHealthChecks = true;
            }));

        var factory = Assert.IsType<ConnectionFactory>(host.Services.GetRequiredService<IConnectionFactory>());

        Assert.Equal(5, retries);
        Assert.Equal("from-section", factory.ClientProvidedName);
        Assert.Equal(("host", 5, "u", "p"), (factory.HostName, factory.Port, factory.UserName, factory.Password));
        Assert.Null(host.Services.GetService<HealthCheckService>());
    }

    private static Task<HealthReport> CheckAsync(IHost host) => host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(CancellationToken.None);

    private static IHost Build(Dictionary<string, string?> settings, Action<IHostApplicationBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        configure(builder);
        return builder.Build();
    }
}

using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Xunit;

namespace ModelOps.Testing;

/// <summary>A RabbitMQ broker of its own for a collection of tests; starting it takes some seconds, so share it.</summary>
public sealed class RabbitMQFixture : IAsyncLifetime
{
    private const string Server = "bus";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private DistributedApplication? _app;

    /// <summary><c>amqp://user:password@host:port</c>.</summary>
    public string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddRabbitMQ(Server);
        _app = await builder.BuildAsync();
        using var limit = new CancellationTokenSource(StartLimit);
        await _app.StartAsync(limit.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(Server, limit.Token);
        ConnectionString = await _app.GetConnectionStringAsync(Server, limit.Token)
            ?? throw new InvalidOperationException("the broker has no connection string");
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }
}

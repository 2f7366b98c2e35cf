using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Xunit;

namespace ModelOps.Testing;

/// <summary>A Redis server of its own for a collection of tests.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private const string Server = "redis";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private DistributedApplication? _app;

    /// <summary>As StackExchange.Redis reads it: <c>host:port,password=...</c>.</summary>
    public string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddRedis(Server);
        _app = await builder.BuildAsync();
        using var limit = new CancellationTokenSource(StartLimit);
        await _app.StartAsync(limit.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(Server, limit.Token);
        ConnectionString = await _app.GetConnectionStringAsync(Server, limit.Token)
            ?? throw new InvalidOperationException("the server has no connection string");
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

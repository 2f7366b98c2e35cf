using ModelOps.Testing;

namespace ModelOps.Monitor.Tests.Support;

/// <summary>One database server, one broker, one registry and one service for all tests; each test has models of its own.</summary>
[CollectionDefinition(Name)]
public sealed class MonitorFixture : IAsyncLifetime, ICollectionFixture<MonitorFixture>
{
    public const string Name = "monitor";

    private readonly PostgresFixture _postgres = new();
    private readonly RabbitMQFixture _bus = new();

    internal RegistryPeer Registry { get; private set; } = null!;

    internal MonitorHost Host { get; private set; } = null!;

    internal Publisher Publisher { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Task.WhenAll(_postgres.InitializeAsync(), _bus.InitializeAsync());
        Registry = await RegistryPeer.StartAsync();
        Host = await MonitorHost.StartAsync(await _postgres.CreateDatabaseAsync(), _bus.ConnectionString, Registry.Address);
        // The relay takes rows out of the outbox when they are published; this keeps what was written.
        await Host.QueryAsync<int>("""
            create table public.sent (like messaging.outbox);
            create function public.keep() returns trigger language plpgsql as $$ begin insert into public.sent select new.*; return new; end $$;
            create trigger keep after insert on messaging.outbox for each row execute function public.keep();
            """);
        Publisher = await Publisher.ConnectAsync(_bus.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        var unexpected = Host.Errors.Take();
        await Publisher.DisposeAsync();
        await Host.DisposeAsync();
        await Registry.DisposeAsync();
        await _bus.DisposeAsync();
        await _postgres.DisposeAsync();
        if (unexpected is not null)
        {
            throw new InvalidOperationException($"an error was logged that no test expected: {unexpected}");
        }
    }
}

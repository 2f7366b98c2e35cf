using ModelOps.Testing;

namespace ModelOps.Retrainer.Tests.Support;

/// <summary>One PostgreSQL and one RabbitMQ for all tests; each test has a database of its own.</summary>
[CollectionDefinition(Name)]
public sealed class RetrainerFixture : IAsyncLifetime, ICollectionFixture<RetrainerFixture>
{
    public const string Name = "retrainer";

    internal PostgresFixture Postgres { get; } = new();

    internal RabbitMQFixture Broker { get; } = new();

    public async Task InitializeAsync() => await Task.WhenAll(Postgres.InitializeAsync(), Broker.InitializeAsync());

    public async Task DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    /// <summary>Starts the service on an empty database.</summary>
    internal async Task<RetrainerHost> StartAsync(Neighbours neighbours) =>
        await RetrainerHost.StartAsync(await Postgres.CreateDatabaseAsync(), Broker.ConnectionString, neighbours.Address);
}

using ModelOps.Testing;

namespace ModelOps.FeatureStore.Tests.Support;

/// <summary>One of each server and one service for all tests; each test has a workspace of its own.</summary>
[CollectionDefinition(Name)]
public sealed class FeatureStoreFixture : IAsyncLifetime, ICollectionFixture<FeatureStoreFixture>
{
    public const string Name = "feature store";

    private readonly PostgresFixture _postgres = new();
    private readonly RedisFixture _redis = new();
    private readonly RabbitMQFixture _bus = new();

    internal FeatureStoreHost Host { get; private set; } = null!;

    internal string Postgres { get; private set; } = "";

    internal string Redis => _redis.ConnectionString;

    internal string Bus => _bus.ConnectionString;

    public async Task InitializeAsync()
    {
        await Task.WhenAll(_postgres.InitializeAsync(), _redis.InitializeAsync(), _bus.InitializeAsync());
        Postgres = await _postgres.CreateDatabaseAsync();
        Host = await FeatureStoreHost.StartAsync(Postgres, Redis, Bus);
    }

    public async Task DisposeAsync()
    {
        var unexpected = Host.Errors.Take();
        await Host.DisposeAsync();
        await Task.WhenAll(_postgres.DisposeAsync(), _redis.DisposeAsync(), _bus.DisposeAsync());
        if (unexpected is not null)
        {
            throw new InvalidOperationException($"an error was logged that no test expected: {unexpected}");
        }
    }
}

using ModelOps.Testing;

namespace ModelOps.Registry.Tests.Support;

/// <summary>One server and one service for all tests; each test has models of its own.</summary>
[CollectionDefinition(Name)]
public sealed class RegistryFixture : IAsyncLifetime, ICollectionFixture<RegistryFixture>
{
    public const string Name = "registry";

    private readonly PostgresFixture _postgres = new();

    internal RegistryHost Host { get; private set; } = null!;

    internal string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        ConnectionString = await _postgres.CreateDatabaseAsync();
        Host = await RegistryHost.StartAsync(ConnectionString);
    }

    public async Task DisposeAsync()
    {
        var unexpected = Host.Errors.Take();
        await Host.DisposeAsync();
        await _postgres.DisposeAsync();
        if (unexpected is not null)
        {
            throw new InvalidOperationException($"an error was logged that no test expected: {unexpected}");
        }
    }
}

using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Npgsql;
using Xunit;

namespace ModelOps.Testing;

/// <summary>
/// A PostgreSQL server of its own for a collection of tests, with data that go with it. Share it as collection fixture:
/// starting the server takes a second or two, a database in it a fraction of that.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private const string Server = "postgres";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private DistributedApplication? _app;
    private string _connectionString = "";
    private int _databases;

    public async Task InitializeAsync()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddPostgres(Server);
        _app = await builder.BuildAsync();
        using var limit = new CancellationTokenSource(StartLimit);
        await _app.StartAsync(limit.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(Server, limit.Token);
        _connectionString = await _app.GetConnectionStringAsync(Server, limit.Token)
            ?? throw new InvalidOperationException("the server has no connection string");
    }

    /// <summary>Makes an empty database that no other test uses, and gives its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(CancellationToken ct = default)
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using var source = NpgsqlDataSource.Create(_connectionString);
        await using var command = source.CreateCommand($"create database {name}");
        await command.ExecuteNonQueryAsync(ct);
        return new NpgsqlConnectionStringBuilder(_connectionString) { Database = name }.ConnectionString;
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

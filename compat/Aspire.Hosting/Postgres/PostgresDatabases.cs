using Aspire.Hosting.ApplicationModel;
using Npgsql;

namespace Aspire.Hosting.Orchestration;

/// <summary>What the orchestrator itself asks of a PostgreSQL server.</summary>
internal static class PostgresDatabases
{
    private const int TimeoutSeconds = 5;

    /// <summary>Null when the connection string leads to an answer, else the reason.</summary>
    public static async Task<string?> CheckAsync(IResourceWithConnectionString resource, CancellationToken ct)
    {
        try
        {
            await using var connection = await OpenAsync(resource, ct).ConfigureAwait(false);
            await using var question = new NpgsqlCommand("SELECT 1", connection);
            await question.ExecuteScalarAsync(ct).ConfigureAwait(false);
            return null;
        }
        catch (PostgresException e)
        {
            return e.MessageText;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or ArgumentException)
        {
            return (e.InnerException ?? e).Message;
        }
    }

    /// <summary>Creates the database unless it exists.</summary>
    public static async Task CreateAsync(PostgresDatabaseResource database, CancellationToken ct)
    {
        await using var connection = await OpenAsync(database.Parent, ct).ConfigureAwait(false);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection)
        {
            Parameters = { new() { Value = database.DatabaseName } },
        };
        if (await exists.ExecuteScalarAsync(ct).ConfigureAwait(false) is not null)
        {
            return;
        }

        var quoted = new NpgsqlCommandBuilder().QuoteIdentifier(database.DatabaseName);
#pragma warning disable CA2100 // an identifier cannot be a parameter; it is quoted
        await using var create = new NpgsqlCommand($"CREATE DATABASE {quoted}", connection);
#pragma warning restore CA2100
        await create.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    private static async Task<NpgsqlConnection> OpenAsync(IResourceWithConnectionString resource, CancellationToken ct)
    {
        var text = await resource.GetConnectionStringAsync(ct).ConfigureAwait(false);
        // No pool: what is asked once a few seconds must not keep the server from stopping.
        var settings = new NpgsqlConnectionStringBuilder(text) { Pooling = false, Timeout = TimeoutSeconds, CommandTimeout = TimeoutSeconds };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(ct).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}

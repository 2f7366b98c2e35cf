using Dapper;
using Microsoft.Extensions.Logging;
using ModelOps.ServiceDefaults.Hosting;
using Npgsql;

namespace ModelOps.ServiceDefaults.Database;

/// <summary>Brings a database to the state that the migrations describe.</summary>
/// <param name="source">The database.</param>
/// <param name="commandTimeout">How long one file may run.</param>
/// <param name="logger">Told of what was applied.</param>
/// <param name="schema">Schema that holds the history, made when it is missing; null: the one that the connection looks in first.</param>
internal sealed class Migrator(NpgsqlDataSource source, TimeSpan commandTimeout, ILogger logger, string? schema = null)
{
    /// <summary>Any number will do, as long as every replica takes the same; advisory locks are per database.</summary>
    private const long LockKey = 0x6d6f64656c6f7073; // "modelops"

    private readonly string _history = schema is null ? "schema_migrations" : $"{schema}.schema_migrations";

    private string CreateHistory => $"""
        {(schema is null ? "" : $"create schema if not exists {schema};")}
        create table if not exists {_history} (
            number integer primary key,
            name text not null,
            checksum text not null,
            applied_at timestamptz not null default now()
        )
        """;

    /// <exception cref="StartupException">A file does not fit what was applied before, or does not run.</exception>
    public async Task ApplyAsync(IReadOnlyList<Migration> migrations, CancellationToken ct)
    {
        foreach (var migration in migrations)
        {
            await ApplyAsync(migration, ct);
        }
        await WarnOfNewerAsync(migrations[^1].Number, ct);
    }

    /// <summary>
    /// One transaction holds the lock, the check and the file. The lock ends with the transaction, so neither a crash nor a
    /// connection pooler between here and the server can leave it behind.
    /// </summary>
    private async Task ApplyAsync(Migration migration, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await RunAsync(connection, transaction, "select pg_advisory_xact_lock(@LockKey)", new { LockKey }, ct);
        await RunAsync(connection, transaction, CreateHistory, null, ct);

        var applied = await connection.QuerySingleOrDefaultAsync<string>(Command(
            transaction, $"select checksum from {_history} where number = @Number", new { migration.Number }, ct));
        if (applied is not null)
        {
            if (applied != migration.Checksum)
            {
                throw new StartupException(
                    $"migration {migration.Name} was changed after it was applied to this database; put it back and write a new one");
            }
            return;
        }

        await RunFileAsync(migration, connection, transaction, ct);
        await RunAsync(
            connection, transaction, $"insert into {_history} (number, name, checksum) values (@Number, @Name, @Checksum)", migration, ct);
        await transaction.CommitAsync(ct);
        logger.MigrationApplied(migration.Name);
    }

    private async Task RunFileAsync(Migration migration, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        try
        {
            // Not through Dapper: the file has no parameters, and '@' in it is an operator.
            await using var command = new NpgsqlCommand(migration.Sql, connection, transaction) { CommandTimeout = (int)commandTimeout.TotalSeconds };
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException e) when (!e.IsTransient)
        {
            throw new StartupException($"migration {migration.Name} failed: {e.MessageText} ({e.SqlState})", e);
        }
    }

    private async Task WarnOfNewerAsync(int newest, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        var ahead = await connection.QuerySingleAsync<int>(Command(
            null, $"select count(*) from {_history} where number > @newest", new { newest }, ct));
        if (ahead > 0)
        {
            logger.DatabaseIsNewer(ahead);
        }
    }

    private Task<int> RunAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, object? parameters, CancellationToken ct) =>
        connection.ExecuteAsync(Command(transaction, sql, parameters, ct));

    private CommandDefinition Command(NpgsqlTransaction? transaction, string sql, object? parameters, CancellationToken ct) =>
        new(sql, parameters, transaction, (int)commandTimeout.TotalSeconds, cancellationToken: ct);
}

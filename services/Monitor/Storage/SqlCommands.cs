using Dapper;
using Npgsql;

namespace ModelOps.Monitor.Storage;

/// <summary>Dapper's commands with the parts that are always given.</summary>
internal static class SqlCommands
{
    public static CommandDefinition Command(this NpgsqlTransaction transaction, string sql, object? parameters, CancellationToken ct) =>
        new(sql, parameters, transaction, cancellationToken: ct);

    public static CommandDefinition Command(string sql, object? parameters, CancellationToken ct) => new(sql, parameters, cancellationToken: ct);
}

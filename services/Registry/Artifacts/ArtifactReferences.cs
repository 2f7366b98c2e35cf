using Dapper;
using Npgsql;

namespace ModelOps.Registry.Artifacts;

/// <summary>Which artifacts the database refers to, and the lock that keeps the answer true while one is published or swept.</summary>
internal sealed class ArtifactReferences(NpgsqlDataSource database)
{
    private const long LockKey = 0x6172746966616374; // "artifact"

    /// <summary>Holds off sweeps until the transaction ends; publications go on side by side.</summary>
    public static Task LockForPublishingAsync(NpgsqlTransaction transaction, CancellationToken ct) =>
        LockAsync("select pg_advisory_xact_lock_shared(@LockKey)", transaction, ct);

    /// <summary>Identity of the database, to know its artifact folder by.</summary>
    public async Task<Guid> StoreIdAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<Guid>(new CommandDefinition("select id from registry.artifact_store", cancellationToken: ct));
    }

    /// <summary>Those digests that no version refers to at this moment.</summary>
    public async Task<IReadOnlyList<string>> UnreferencedAsync(string[] digests, CancellationToken ct)
    {
        const string sql = """
            select digest from unnest(@digests) as digest
            where not exists (select from registry.model_versions where sha256 = digest)
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return [.. await connection.QueryAsync<string>(new CommandDefinition(sql, new { digests }, cancellationToken: ct))];
    }

    /// <summary>Deletes a file if no version refers to its digest, while none can come to.</summary>
    /// <returns>True when it was deleted.</returns>
    public async Task<bool> DeleteUnreferencedAsync(FileInfo file, CancellationToken ct)
    {
        const string sql = "select exists (select from registry.model_versions where sha256 = @Name)";
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await LockAsync("select pg_advisory_xact_lock(@LockKey)", transaction, ct);
        if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, new { file.Name }, transaction, cancellationToken: ct)))
        {
            return false;
        }
        file.Delete();
        return true;
    }

    private static Task<int> LockAsync(string sql, NpgsqlTransaction transaction, CancellationToken ct) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, new { LockKey }, transaction, cancellationToken: ct));
}

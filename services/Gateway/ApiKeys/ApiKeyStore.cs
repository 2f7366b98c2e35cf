using System.Security.Cryptography;
using Dapper;
using ModelOps.ServiceDefaults.Security;
using Npgsql;

namespace ModelOps.Gateway.ApiKeys;

/// <summary>Keys in PostgreSQL; of the secrets only hashes.</summary>
internal sealed class ApiKeyStore(NpgsqlDataSource database)
{
    private const string Columns = "id, name, hint, scopes, create_time, created_by, expire_time, revoke_time, last_used_time";

    /// <summary>The key with this hash, also when it is revoked or over.</summary>
    public async Task<StoredKey?> FindAsync(string hash, CancellationToken ct)
    {
        var bytes = Convert.FromHexString(hash);
        await using var connection = await database.OpenConnectionAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns}, hash FROM api_keys WHERE hash = @Hash", new { Hash = bytes }, cancellationToken: ct));
        return row is not null && CryptographicOperations.FixedTimeEquals(row.Hash, bytes) ? row.ToKey() : null;
    }

    /// <summary>Stores a new key.</summary>
    /// <returns>False when as many keys as allowed are in force.</returns>
    public async Task<bool> AddAsync(StoredKey key, string hash, int maxKeys, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var added = await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO api_keys (id, name, hash, hint, scopes, create_time, created_by, expire_time)
            SELECT @Id, @Name, @Hash, @Hint, @Scopes, @CreateTime, @CreatedBy, @ExpireTime
            WHERE (SELECT count(*) FROM api_keys WHERE revoke_time IS NULL) < @MaxKeys
            """,
            new
            {
                key.Id,
                key.Name,
                Hash = Convert.FromHexString(hash),
                key.Hint,
                Scopes = NamesOf(key.Scopes),
                CreateTime = key.CreateTime.UtcDateTime,
                key.CreatedBy,
                ExpireTime = key.ExpireTime?.UtcDateTime,
                MaxKeys = maxKeys,
            },
            cancellationToken: ct));
        return added == 1;
    }

    /// <summary>Makes the configured key the one bootstrap key: earlier ones end, and one that was revoked stays so.</summary>
    public async Task EnsureBootstrapAsync(StoredKey key, string hash, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE api_keys SET revoke_time = @CreateTime WHERE bootstrap AND revoke_time IS NULL AND hash <> @Hash;
            INSERT INTO api_keys (id, name, hash, hint, scopes, bootstrap, create_time, created_by)
            VALUES (@Id, @Name, @Hash, @Hint, @Scopes, true, @CreateTime, @CreatedBy)
            ON CONFLICT (hash) DO NOTHING
            """,
            new { key.Id, key.Name, Hash = Convert.FromHexString(hash), key.Hint, Scopes = NamesOf(key.Scopes), CreateTime = key.CreateTime.UtcDateTime, key.CreatedBy },
            cancellationToken: ct));
        await transaction.CommitAsync(ct);
    }

    /// <summary>A page of keys, oldest first.</summary>
    public async Task<IReadOnlyList<StoredKey>> ListAsync(Guid after, int count, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"SELECT {Columns}, hash FROM api_keys WHERE id > @After ORDER BY id LIMIT @Count", new { After = after, Count = count }, cancellationToken: ct));
        return [.. rows.Select(row => row.ToKey())];
    }

    /// <summary>Takes a key back; repeating that changes nothing.</summary>
    /// <returns>False when there is no such key.</returns>
    public async Task<bool> RevokeAsync(Guid id, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE api_keys SET revoke_time = coalesce(revoke_time, @Now) WHERE id = @Id", new { Id = id, Now = now.UtcDateTime }, cancellationToken: ct)) == 1;
    }

    /// <summary>Writes times of last use, never backwards.</summary>
    public async Task RecordUseAsync(IReadOnlyDictionary<Guid, DateTimeOffset> uses, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE api_keys SET last_used_time = greatest(last_used_time, used.at)
            FROM unnest(@Ids, @Times) AS used (id, at) WHERE api_keys.id = used.id
            """,
            new { Ids = uses.Keys.ToArray(), Times = uses.Values.Select(time => time.UtcDateTime).ToArray() }, cancellationToken: ct));
    }

    private static string[] NamesOf(IReadOnlyList<ApiKeyScope> scopes) => [.. scopes.Select(ScopeRules.NameOf)];

    // With properties: the mapper cannot hand an array to a constructor.
    private sealed record Row
    {
        public Guid Id { get; init; }

        public string Name { get; init; } = "";

        public string Hint { get; init; } = "";

        public string[] Scopes { get; init; } = [];

        public DateTime Create_Time { get; init; }

        public string Created_By { get; init; } = "";

        public DateTime? Expire_Time { get; init; }

        public DateTime? Revoke_Time { get; init; }

        public DateTime? Last_Used_Time { get; init; }

        public byte[] Hash { get; init; } = [];

        public StoredKey ToKey() => new(
            Id, Name, Hint, [.. Scopes.Select(ScopeRules.Parse).OfType<ApiKeyScope>()], Utc(Create_Time)!.Value, Created_By,
            Utc(Expire_Time), Utc(Revoke_Time), Utc(Last_Used_Time));

        private static DateTimeOffset? Utc(DateTime? time) => time is { } utc ? new DateTimeOffset(utc, TimeSpan.Zero) : null;
    }
}

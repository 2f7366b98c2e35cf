using Dapper;
using Npgsql;

namespace ModelOps.Retrainer.Pipelines;

/// <summary>Pipelines in PostgreSQL.</summary>
internal sealed class PipelineStore(NpgsqlDataSource database)
{
    private const string Columns = "workspace, model, definition, revision, updated_at as UpdatedAt";

    /// <summary>Sets a pipeline; the same text again changes nothing.</summary>
    public async Task<StoredPipeline> SetAsync(ModelKey key, string definition, DateTimeOffset now, CancellationToken ct)
    {
        const string sql = $"""
            insert into retrainer.pipelines as p (workspace, model, definition, revision, updated_at)
            values (@Workspace, @Name, @definition, 1, @now)
            on conflict (workspace, model) do update set
                revision = p.revision + (p.definition <> excluded.definition)::int,
                updated_at = case when p.definition <> excluded.definition then excluded.updated_at else p.updated_at end,
                definition = excluded.definition
            returning {Columns}
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var row = await connection.QuerySingleAsync<Row>(new CommandDefinition(sql, new { key.Workspace, key.Name, definition, now = now.UtcDateTime }, cancellationToken: ct));
        return row.ToPipeline();
    }

    /// <summary>Finds a pipeline.</summary>
    public async Task<StoredPipeline?> FindAsync(ModelKey key, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await FindAsync(key, connection, null, ct);
    }

    /// <summary>Finds a pipeline as a transaction sees it.</summary>
    public static async Task<StoredPipeline?> FindAsync(ModelKey key, NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken ct)
    {
        const string sql = $"select {Columns} from retrainer.pipelines where workspace = @Workspace and model = @Name";
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(sql, new { key.Workspace, key.Name }, transaction, cancellationToken: ct));
        return row?.ToPipeline();
    }

    private sealed record Row(string Workspace, string Model, string Definition, long Revision, DateTime UpdatedAt)
    {
        public StoredPipeline ToPipeline() => new(new(Workspace, Model), Definition, Revision, new(UpdatedAt));
    }
}

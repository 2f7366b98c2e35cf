using System.Security.Cryptography;
using Dapper;
using ModelOps.Retrainer.Pipelines;
using Npgsql;

namespace ModelOps.Retrainer.Runs;

/// <summary>Bytes that one stage leaves for the next ones, by name.</summary>
internal sealed class RunArtifacts(NpgsqlDataSource database)
{
    /// <summary>Of so many newest runs of a model the artifacts are kept; outputs and digests are kept of all.</summary>
    private const int KeptRuns = 10;

    /// <summary>Reads an artifact and checks that it is what was stored.</summary>
    public async Task<byte[]> ReadAsync(Guid run, string name, CancellationToken ct)
    {
        const string sql = "select sha256, content from retrainer.artifacts where run_id = @run and name = @name";
        await using var connection = await database.OpenConnectionAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(sql, new { run, name }, cancellationToken: ct))
            ?? throw new InvalidOperationException($"run {run} has no artifact {name}");
        return Sha256(row.Content) == row.Sha256 ? row.Content : throw new InvalidOperationException($"artifact {name} of run {run} is damaged");
    }

    /// <summary>Digest of an artifact, 64 lower-case hexadecimal digits.</summary>
    public static string Sha256(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Stores artifacts with the transaction.</summary>
    public static async Task SaveAsync(Guid run, IReadOnlyDictionary<string, byte[]> artifacts, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = "insert into retrainer.artifacts (run_id, name, sha256, content) values (@run, @name, @sha256, @content)";
        foreach (var (name, content) in artifacts)
        {
            var sha256 = Sha256(content);
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, new { run, name, sha256, content }, transaction, cancellationToken: ct));
        }
    }

    /// <summary>Deletes the artifacts of all but the newest runs of a model.</summary>
    public static Task DropOldAsync(ModelKey model, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = """
            delete from retrainer.artifacts where run_id in (
                select run_id from retrainer.runs where workspace = @Workspace and model = @Name order by run_id desc offset @KeptRuns)
            """;
        return transaction.Connection!.ExecuteAsync(new CommandDefinition(
            sql, new { model.Workspace, model.Name, KeptRuns }, transaction, cancellationToken: ct));
    }

    private sealed record Row(string Sha256, byte[] Content);
}

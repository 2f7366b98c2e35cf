using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Options;
using ModelOps.Monitor.Storage;
using Npgsql;

namespace ModelOps.Monitor.Ingest;

/// <summary>The dead letters of the prediction log: seen by people, bounded, and each kept once however often it comes.</summary>
internal sealed class RejectedBatchStore(NpgsqlDataSource database, IOptions<IngestOptions> options)
{
    private const int MaxReason = 4_096;

    /// <summary>Keeps a rejection.</summary>
    /// <returns>Whether it was new.</returns>
    public async Task<bool> AddAsync(Rejection rejection, DateTimeOffset now, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = """
            insert into monitor.rejected_batches (batch_id, reason, records, size_bytes, body, digest, reject_time)
            values (@BatchId, @reason, @Records, @size, @body, @digest, @now)
            on conflict (digest) do nothing
            """;
        const string prune = """
            delete from monitor.rejected_batches
            where position <= (select position from monitor.rejected_batches order by position desc offset @KeepRejected limit 1)
            """;
        var reason = rejection.Reason.Replace("\0", "", StringComparison.Ordinal);
        var added = await transaction.Connection!.ExecuteAsync(transaction.Command(sql, new
        {
            rejection.BatchId,
            reason = reason[..Math.Min(reason.Length, MaxReason)],
            rejection.Records,
            size = (long)rejection.Body.Length,
            body = rejection.Body[..Math.Min(rejection.Body.Length, options.Value.KeepRejectedBytes)].ToArray(),
            digest = SHA256.HashData(rejection.Body.Span),
            now = now.UtcDateTime,
        }, ct));
        await transaction.Connection!.ExecuteAsync(transaction.Command(prune, new { options.Value.KeepRejected }, ct));
        return added == 1;
    }

    /// <summary>Rejections before a position, newest first.</summary>
    public async Task<List<RejectedBatch>> ListAsync(long before, int count, CancellationToken ct)
    {
        const string sql = """
            select position, batch_id as BatchId, reason, records, size_bytes as SizeBytes, reject_time as RejectTime
            from monitor.rejected_batches where position < @before order by position desc limit @count
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<RejectedBatch>(SqlCommands.Command(sql, new { before, count }, ct))).AsList();
    }
}

/// <summary>A rejection as it is listed.</summary>
/// <param name="Position">Its place in the list.</param>
/// <param name="BatchId">The batch's identity; empty when it could not be decoded.</param>
/// <param name="Reason">Why, one line.</param>
/// <param name="Records">Rejected records; 0 when the batch could not be decoded.</param>
/// <param name="SizeBytes">Size of what was rejected.</param>
/// <param name="RejectTime">When.</param>
internal sealed record RejectedBatch(long Position, string BatchId, string Reason, int Records, long SizeBytes, DateTime RejectTime);

using ModelOps.Monitor.Predictions;
using ModelOps.Monitor.Windows;
using Npgsql;

namespace ModelOps.Monitor.Ingest;

/// <summary>Stores a batch: what is new of it with its windows, and what can never be stored, in one transaction. A batch may come again.</summary>
internal sealed partial class IngestBatchHandler(
    NpgsqlDataSource database, RejectedBatchStore rejects, IngestMetrics metrics, TimeProvider clock, ILogger<IngestBatchHandler> logger)
{
    /// <summary>Takes one message.</summary>
    /// <exception cref="NpgsqlException">The database cannot take it now; nothing was stored.</exception>
    public async Task HandleAsync(ReadOnlyMemory<byte> body, int maxBytes, CancellationToken ct)
    {
        var read = BatchReader.Read(body.Span, maxBytes);
        if (!read.Succeeded)
        {
            await RejectAsync(new("", read.Refusal.Detail, 0, body), ct);
            return;
        }
        try
        {
            await StoreAsync(read.Value, ct);
        }
        catch (PostgresException e) when (Transience.IsData(e))
        {
            await RejectAsync(new(read.Value.Id, $"the database refuses it: {e.MessageText}", read.Value.Rows.Count, body), ct);
        }
    }

    private async Task StoreAsync(ReadBatch batch, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await PredictionStore.LockAsync(batch.Rows, transaction, ct);
        var known = await PredictionStore.KnownAsync(batch.Rows, transaction, ct);
        var fresh = batch.Rows.Where(row => !known.Contains((row.Workspace, row.PredictionId))).ToList();
        var windows = await FillAsync(fresh, now.UtcDateTime, transaction, ct);
        if (await PredictionStore.InsertAsync(fresh, windows, now, transaction, ct) != fresh.Count)
        {
            // Somebody stored one of these ids under another model between the two statements: look again.
            throw new NpgsqlException("a prediction of the batch was stored meanwhile");
        }
        var newlyRejected = batch.Rejected is not null && await rejects.AddAsync(batch.Rejected, now, transaction, ct);
        await transaction.CommitAsync(ct);

        metrics.Stored(fresh, batch.Rows.Count - fresh.Count);
        if (newlyRejected)
        {
            Report(batch.Rejected!);
        }
    }

    /// <summary>Which window each row goes to, version by version, in the order of the rows.</summary>
    private static async Task<Guid[]> FillAsync(List<PredictionRow> rows, DateTime now, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var windows = new Guid[rows.Count];
        foreach (var version in Enumerable.Range(0, rows.Count).GroupBy(i => rows[i].Served))
        {
            var filled = await WindowStore.FillAsync(version.Key, [.. version.Select(i => rows[i].EventTime)], now, transaction, ct);
            foreach (var (i, window) in version.Zip(filled))
            {
                windows[i] = window;
            }
        }
        return windows;
    }

    /// <summary>Keeps what can never be stored, once.</summary>
    public async Task RejectAsync(Rejection rejection, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var isNew = await rejects.AddAsync(rejection, clock.GetUtcNow(), transaction, ct);
        await transaction.CommitAsync(ct);
        if (isNew)
        {
            Report(rejection);
        }
    }

    private void Report(Rejection rejection)
    {
        metrics.Rejected(rejection);
        Log.Rejected(logger, rejection.BatchId, rejection.Records, rejection.Reason);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2001, EventName = "BatchRejected", Level = LogLevel.Warning, Message = "Of batch {BatchId}, {Records} records can never be stored: {Reason}")]
        public static partial void Rejected(ILogger logger, string batchId, int records, string reason);
    }
}

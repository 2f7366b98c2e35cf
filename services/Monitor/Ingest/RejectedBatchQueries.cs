using ModelOps.Monitor.Naming;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Monitor.Ingest;

/// <summary>Shows what was rejected.</summary>
internal sealed class RejectedBatchQueries(RejectedBatchStore store)
{
    private const string List = "rejected-batches";
    private const int MaxPage = 1_000;

    /// <summary>A page of rejections, newest first.</summary>
    public async Task<Outcome<RejectedBatchesBody>> ListAsync(int pageSize, string pageToken, CancellationToken ct)
    {
        var (size, before) = (PageToken.Size(pageSize, MaxPage), PageToken.Decode(List, pageToken, first: long.MaxValue));
        if ((size.Refusal ?? before.Refusal) is { } refusal)
        {
            return refusal;
        }
        var found = await store.ListAsync(before.Value, size.Value + 1, ct);
        var page = found.Take(size.Value).ToList();
        return new RejectedBatchesBody(
            [.. page.Select(RejectedBatchBody.Of)], found.Count > page.Count ? PageToken.Encode(List, page[^1].Position) : "");
    }
}

/// <summary>A page of rejections.</summary>
internal sealed record RejectedBatchesBody(IReadOnlyList<RejectedBatchBody> RejectedBatches, string NextPageToken);

/// <summary>A rejection as REST gives it.</summary>
internal sealed record RejectedBatchBody(string BatchId, string Reason, int Records, long SizeBytes, DateTimeOffset RejectTime)
{
    public static RejectedBatchBody Of(RejectedBatch batch) => new(batch.BatchId, batch.Reason, batch.Records, batch.SizeBytes, new(batch.RejectTime));
}

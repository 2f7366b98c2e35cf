using Google.Protobuf;
using ModelOps.Monitor.Predictions;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Ingest;

/// <summary>Decodes a batch and sorts the records that can be stored from those that never can.</summary>
internal static class BatchReader
{
    private const int MaxRecords = 4_096;
    private const int MaxBatchId = 256;
    private const int ShownReasons = 3;

    /// <returns>What the batch holds, or why all of it is rejected.</returns>
    public static Outcome<ReadBatch> Read(ReadOnlySpan<byte> body, int maxBytes)
    {
        if (body.Length > maxBytes)
        {
            return Refusal.Invalid("body", $"must have at most {maxBytes} bytes, it has {body.Length}");
        }
        Wire.PredictionBatch batch;
        try
        {
            batch = Wire.PredictionBatch.Parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException e)
        {
            return Refusal.Invalid("body", $"must be a PredictionBatch: {e.Message}");
        }
        if (Wire.PredictionRows.Count(batch) is var count and (0 or > MaxRecords))
        {
            return Refusal.Invalid("predictions", $"must be 1 to {MaxRecords}, there are {count}");
        }
        try
        {
            return Sort(batch.BatchId, [.. Wire.PredictionRows.Of(batch)]);
        }
        catch (FormatException e)
        {
            return Refusal.Invalid("body", e.Message);
        }
    }

    private static ReadBatch Sort(string batchId, List<Wire.PredictionRecord> records)
    {
        var rows = new List<PredictionRow>(records.Count);
        var ids = new HashSet<(string, string)>();
        var rejected = new List<Wire.PredictionRecord>();
        var reasons = new List<string>();
        for (var i = 0; i < records.Count; i++)
        {
            if (RecordRules.Check(records[i]) is { } refusal)
            {
                rejected.Add(records[i]);
                reasons.Add($"predictions[{i}].{refusal.Detail}");
            }
            else if (PredictionRow.Of(records[i]) is var row && ids.Add((row.Workspace, row.PredictionId)))
            {
                rows.Add(row);
            }
        }
        var id = batchId.Replace("\0", "", StringComparison.Ordinal);
        id = id[..Math.Min(id.Length, MaxBatchId)];
        return new(id, rows, rejected.Count == 0 ? null : Rejection(id, rejected, reasons));
    }

    private static Rejection Rejection(string id, List<Wire.PredictionRecord> rejected, List<string> reasons)
    {
        var more = reasons.Count > ShownReasons ? $"; and {reasons.Count - ShownReasons} more" : "";
        return new(
            id, string.Join("; ", reasons.Take(ShownReasons)) + more, rejected.Count,
            new Wire.PredictionBatch { BatchId = id, Predictions = { rejected } }.ToByteArray());
    }
}

/// <summary>A batch that was decoded.</summary>
/// <param name="Id">The batch's identity, at most 256 characters.</param>
/// <param name="Rows">Records to store, each prediction once.</param>
/// <param name="Rejected">The records that can never be stored; null: none.</param>
internal sealed record ReadBatch(string Id, IReadOnlyList<PredictionRow> Rows, Rejection? Rejected);

/// <summary>What is kept of what cannot be stored.</summary>
/// <param name="BatchId">The batch's identity; empty when it could not be decoded.</param>
/// <param name="Reason">Why, one line.</param>
/// <param name="Records">Records in it; 0 when it could not be decoded.</param>
/// <param name="Body">The message, or one with the rejected records only.</param>
internal sealed record Rejection(string BatchId, string Reason, int Records, ReadOnlyMemory<byte> Body);

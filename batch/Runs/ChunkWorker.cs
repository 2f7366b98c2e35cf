using System.Globalization;
using System.Text;
using System.Text.Json;
using ModelOps.Batch.Records;
using ModelOps.Batch.Rows;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Runs;

/// <summary>Does one chunk: reads its rows, predicts them, and puts the results in their place.</summary>
internal sealed class ChunkWorker(BatchFolder folder, IRowFormat format, ChunkPredictor predictor, long version, TimeProvider clock)
{
    private const int LongestRowShown = 64 << 10;
    private readonly string _version = version.ToString(CultureInfo.InvariantCulture);

    public async Task<Outcome<ChunkRecord>> DoAsync(int index, RecordChunk chunk, CancellationToken ct)
    {
        var rows = format.Read(chunk);
        var predicted = await predictor.PredictAsync(rows, ct);
        if (predicted.Value is not { } predictions)
        {
            return predicted.Refusal!;
        }
        var stamp = new PredictionStamp(clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), _version);
        await using var part = new MemoryStream();
        for (var row = 0; row < predictions.Length; row++)
        {
            var (record, length) = rows.Rows[row];
            if (!rows.Reasons.ContainsKey(record))
            {
                format.Write(chunk[record].Span[..length], predictions[row], stamp, part);
            }
        }
        await using var rejected = Rejected(chunk, rows.Reasons);
        var done = new ChunkRecord(
            chunk.Start.Offset, chunk.End.Offset, chunk.End.Line, chunk.Records.Length - rows.Reasons.Count, rows.Reasons.Count, part.Length, rejected.Length);
        await folder.CompleteAsync(index, done, Written(part), Written(rejected), ct);
        return done;
    }

    /// <summary>One JSON object a record that has no prediction, in the order of the file.</summary>
    private static MemoryStream Rejected(RecordChunk chunk, IReadOnlyDictionary<int, string> reasons)
    {
        var target = new MemoryStream();
        foreach (var (record, reason) in reasons.OrderBy(pair => pair.Key))
        {
            using (var json = new Utf8JsonWriter(target))
            {
                var raw = chunk[record].Span;
                json.WriteStartObject();
                json.WriteNumber("line"u8, chunk.Records[record].Line);
                json.WriteString("reason"u8, reason);
                json.WriteString("row"u8, Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, LongestRowShown)]));
                json.WriteEndObject();
            }
            target.WriteByte((byte)'\n');
        }
        return target;
    }

    private static ReadOnlyMemory<byte> Written(MemoryStream stream) => stream.GetBuffer().AsMemory(0, (int)stream.Length);
}

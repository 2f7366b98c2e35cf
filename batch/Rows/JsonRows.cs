using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ModelOps.Batch.Records;

namespace ModelOps.Batch.Rows;

/// <summary>Rows of NDJSON. A row is written as it was read, with members added at its end.</summary>
internal sealed class JsonRows(FeatureLayout features, PredictionLayout predictions) : IRowFormat
{
    private readonly Dictionary<string, int> _slots = features.Slots.Index().ToDictionary(slot => slot.Item.Name, slot => slot.Index, StringComparer.Ordinal);

    /// <summary>A value of a record.</summary>
    /// <param name="Kind">What it is.</param>
    /// <param name="Start">Where it lies in the record.</param>
    /// <param name="Length">Its bytes.</param>
    /// <param name="Unescaped">The value itself, of a string with escapes.</param>
    private readonly record struct Cell(CellKind Kind, int Start, int Length, byte[]? Unescaped = null);

    public byte[] Header => [];

    public ChunkRows Read(RecordChunk chunk)
    {
        var rows = new ChunkRows(features);
        var cells = new Cell?[features.Slots.Length];
        for (var i = 0; i < chunk.Records.Length; i++)
        {
            Array.Clear(cells);
            var record = chunk[i].Span;
            var length = 0;
            var broken = chunk.Records[i].Problem ?? (Utf8.IsValid(record) ? ReadObject(record, cells, out length) : "is not valid UTF-8") ?? Encode(record, cells, rows.Features);
            rows.Close(i, length, broken);
        }
        return rows;
    }

    public void Write(ReadOnlySpan<byte> record, in RowPrediction prediction, PredictionStamp stamp, Stream target)
    {
        var open = record[..^1].TrimEnd(" \t\r"u8);
        target.Write(open);
        if (open[^1] != '{')
        {
            target.WriteByte((byte)',');
        }
        var added = predictions.HasProbabilities
            ? $"\"{PredictionLayout.Prediction}\":{prediction.Label},\"{PredictionLayout.Probability}\":{prediction.Probability ?? "null"},\"{PredictionLayout.Probabilities}\":{prediction.Probabilities ?? "null"}"
            : $"\"{PredictionLayout.Prediction}\":{prediction.Label}";
        target.Write(Encoding.UTF8.GetBytes($"{added},\"{PredictionLayout.PredictedAt}\":\"{stamp.PredictedAt}\",\"{PredictionLayout.ModelVersion}\":{stamp.Version}}}\n"));
    }

    /// <param name="record">The record.</param>
    /// <param name="cells">Gets a value for every slot that has one.</param>
    /// <param name="length">Where the object ends.</param>
    private string? ReadObject(ReadOnlySpan<byte> record, Cell?[] cells, out int length)
    {
        length = 0;
        var json = new Utf8JsonReader(record);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return "must be a JSON object";
            }
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString()!;
                json.Read();
                if (PredictionLayout.IsReserved(name))
                {
                    return $"has a member '{name}', which the output adds";
                }
                if (_slots.TryGetValue(name, out var slot))
                {
                    if (cells[slot] is not null)
                    {
                        return $"{name}: is given twice";
                    }
                    cells[slot] = Of(ref json);
                }
                json.Skip();
            }
            length = (int)json.BytesConsumed;
            return json.Read() ? "has text after the JSON object" : null;
        }
        catch (JsonException e)
        {
            return $"is not valid JSON at byte {e.BytePositionInLine + 1}";
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for an escaped half of a surrogate pair.
            return "holds a string that is not valid Unicode";
        }
    }

    /// <summary>The value that the reader stands on; objects and arrays are no value of a feature.</summary>
    private static Cell? Of(ref Utf8JsonReader json)
    {
        var kind = json.TokenType switch
        {
            JsonTokenType.Null => CellKind.Missing,
            JsonTokenType.Number => CellKind.Number,
            JsonTokenType.True or JsonTokenType.False => CellKind.Boolean,
            JsonTokenType.String => CellKind.String,
            _ => CellKind.Other,
        };
        // A string's bytes begin after its quote.
        var start = (int)json.TokenStartIndex + (kind == CellKind.String ? 1 : 0);
        return json.ValueIsEscaped ? new(kind, 0, 0, Encoding.UTF8.GetBytes(json.GetString()!)) : new(kind, start, json.ValueSpan.Length);
    }

    private string? Encode(ReadOnlySpan<byte> record, Cell?[] cells, FeatureRows target)
    {
        for (var slot = 0; slot < cells.Length; slot++)
        {
            var cell = cells[slot].GetValueOrDefault();
            var value = cell.Unescaped is { } unescaped ? unescaped : record.Slice(cell.Start, cell.Length);
            if (target.Add(slot, cell.Kind, value) is { } broken)
            {
                return $"{features.Slots[slot].Name}: {broken}";
            }
        }
        return null;
    }
}

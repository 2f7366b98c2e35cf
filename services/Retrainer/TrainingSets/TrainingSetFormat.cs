using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Contracts.Features.V1;

namespace ModelOps.Retrainer.TrainingSets;

/// <summary>A row as it was put together from its sources: not in order yet, and perhaps there twice.</summary>
/// <param name="EventTime">When it happened.</param>
/// <param name="Keys">Entity keys, in the order of the join keys.</param>
/// <param name="Values">As in <see cref="TrainingRow"/>.</param>
/// <param name="Label">The outcome, 0 or 1.</param>
internal sealed record DraftRow(DateTimeOffset EventTime, IReadOnlyList<Value> Keys, object?[] Values, int Label);

/// <summary>A training set as text, and the digest of what it says.</summary>
/// <param name="Text">A line with the columns, then one JSON array a row: event time, entity keys, values, label. UTF-8.</param>
/// <param name="Sha256">
/// Digest of the same lines without the event times: equal facts give equal digests however they are shifted in time, and
/// whatever ids they came under.
/// </param>
/// <param name="Rows">Rows.</param>
/// <param name="Duplicates">Drafts that said the same as another one.</param>
internal sealed record TrainingSetText(byte[] Text, string Sha256, int Rows, int Duplicates);

/// <summary>Writes and reads training sets.</summary>
internal static class TrainingSetFormat
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Puts rows in order of event time, then of what they say, and takes each fact once: a prediction of a transaction that is
    /// in a view's history as well, or that was asked for twice under two ids, is one row.
    /// </summary>
    public static TrainingSetText Write(IReadOnlyList<Column> columns, IEnumerable<DraftRow> drafts)
    {
        var lines = drafts.Select(draft => (draft.EventTime, Line: Line(draft))).ToList();
        lines.Sort((a, b) => a.EventTime.CompareTo(b.EventTime) is not 0 and var order ? order : string.CompareOrdinal(a.Line, b.Line));

        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var text = new StringBuilder();
        var header = new JsonObject(columns.Select(column => KeyValuePair.Create<string, JsonNode?>(column.Name, $"{column.Type}"))).ToJsonString() + "\n";
        text.Append(header);
        digest.AppendData(Encoding.UTF8.GetBytes(header));
        var rows = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0 && lines[i] == lines[i - 1])
            {
                continue;
            }
            rows++;
            text.Append($"[\"{lines[i].EventTime.UtcDateTime:O}\",").Append(lines[i].Line).Append('\n');
            digest.AppendData(Encoding.UTF8.GetBytes($"[{lines[i].Line}\n"));
        }
        return new(Encoding.UTF8.GetBytes(text.ToString()), Convert.ToHexStringLower(digest.GetHashAndReset()), rows, lines.Count - rows);
    }

    /// <summary>Reads what <see cref="Write(IReadOnlyList{Column}, IEnumerable{DraftRow})"/> wrote.</summary>
    public static TrainingSet Read(byte[] text)
    {
        using var lines = new StreamReader(new MemoryStream(text), Encoding.UTF8);
        using var header = JsonDocument.Parse(lines.ReadLine()!);
        var columns = header.RootElement.EnumerateObject()
            .Select(column => new Column(column.Name, Enum.Parse<ValueType>(column.Value.GetString()!)))
            .ToList();
        var rows = new List<TrainingRow>();
        while (lines.ReadLine() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            rows.Add(Row(row.RootElement, columns.Count));
        }
        return new(columns, rows);
    }

    // Everything behind the event time: [keys],values...,label]
    private static string Line(DraftRow draft)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartArray();
            json.WriteStartArray();
            foreach (var key in draft.Keys)
            {
                json.WriteStringValue(key.KindCase == Value.KindOneofCase.StringValue ? key.StringValue : key.Int64Value.ToString(CultureInfo.InvariantCulture));
            }
            json.WriteEndArray();
            foreach (var value in draft.Values)
            {
                Write(json, value);
            }
            json.WriteNumberValue(draft.Label);
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(1, (int)buffer.Length - 1));
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case double number:
                json.WriteNumberValue(number);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static TrainingRow Row(JsonElement row, int columns)
    {
        var values = new object?[columns];
        for (var i = 0; i < columns; i++)
        {
            var value = row[i + 2];
            values[i] = value.ValueKind switch
            {
                JsonValueKind.Number => value.GetDouble(),
                JsonValueKind.String => value.GetString(),
                _ => null,
            };
        }
        return new(new(row[0].GetDateTime(), TimeSpan.Zero), values, row[columns + 2].GetInt32());
    }
}

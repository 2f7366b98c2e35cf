using System.Text.Unicode;
using CsvHelper;
using ModelOps.Batch.Records;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Rows;

/// <summary>Rows of CSV. A row is written as it was read, with fields added at its end.</summary>
internal sealed class CsvRows : IRowFormat
{
    private static readonly CsvReaderOptions Strict = new() { Separator = ',', HasHeader = false, MalformedData = CsvMalformedDataHandling.Throw };
    private readonly FeatureLayout _features;
    private readonly PredictionLayout _predictions;
    private readonly int[] _columns;
    private readonly int _fields;

    private CsvRows(FeatureLayout features, PredictionLayout predictions, int[] columns, int fields, ReadOnlyMemory<byte> header)
    {
        (_features, _predictions, _columns, _fields) = (features, predictions, columns, fields);
        Header = [.. header.Span, .. ","u8, .. System.Text.Encoding.UTF8.GetBytes(string.Join(',', predictions.Columns)), (byte)'\n'];
    }

    public byte[] Header { get; }

    /// <summary>Finds the features by the header. A matrix without names is taken by x0, x1, ..., or by position where the file has as many columns.</summary>
    public static Outcome<IRowFormat> Of(ReadOnlyMemory<byte> header, FeatureLayout features, PredictionLayout predictions)
    {
        if (Names(header) is not { } names)
        {
            return Refusal.Invalid("input", "line 1: the header is not valid CSV in UTF-8");
        }
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            return Refusal.Invalid("input", $"line 1: column '{twice.Key}' is there twice");
        }
        if (Array.Find(names, PredictionLayout.IsReserved) is { } reserved)
        {
            return Refusal.Invalid("input", $"line 1: column '{reserved}' is one that the output adds; rename it");
        }
        var columns = Array.ConvertAll(features.Slots, slot => Array.IndexOf(names, slot.Name));
        if (!features.IsNamed && names.Length == columns.Length && Array.TrueForAll(columns, column => column < 0))
        {
            columns = [.. Enumerable.Range(0, columns.Length)];
        }
        return Array.IndexOf(columns, -1) is >= 0 and var lacking
            ? Refusal.Invalid("input", $"line 1: there is no column '{features.Slots[lacking].Name}'; the model takes {features.Names()}, the file has {FeatureLayout.Shown(names, names.Length)}")
            : new CsvRows(features, predictions, columns, names.Length, header);
    }

    public ChunkRows Read(RecordChunk chunk)
    {
        var rows = new ChunkRows(_features);
        CsvReader? reader = null;
        var begin = 0;
        try
        {
            for (var i = 0; i < chunk.Records.Length; i++)
            {
                var record = chunk.Records[i];
                var broken = record.Problem ?? (Utf8.IsValid(chunk[i].Span) ? null : "is not valid UTF-8");
                if (broken is null && reader is null)
                {
                    begin = record.Offset;
                    reader = CsvReader.Create(chunk.Data.AsMemory(begin), Strict);
                }
                // Past a record that the two read differently, the reader begins anew.
                if (broken is null && !StandsOn(reader!, record.Offset - begin, record.Length))
                {
                    broken = "is not valid CSV: a quote or a line break stands where RFC 4180 has none";
                }
                if (broken is not null)
                {
                    reader?.Dispose();
                    reader = null;
                }
                rows.Close(i, record.Length, broken ?? ReadRow(reader!, rows.Features));
            }
        }
        finally
        {
            reader?.Dispose();
        }
        return rows;
    }

    public void Write(ReadOnlySpan<byte> record, in RowPrediction prediction, PredictionStamp stamp, Stream target)
    {
        target.Write(record);
        CsvField.Write(prediction.Label, target);
        if (_predictions.HasProbabilities)
        {
            CsvField.Write(prediction.Probability, target);
            CsvField.Write(prediction.Probabilities, target);
        }
        CsvField.Write(stamp.PredictedAt, target);
        CsvField.Write(stamp.Version, target);
        target.WriteByte((byte)'\n');
    }

    private static bool StandsOn(CsvReader reader, int offset, int length)
    {
        try
        {
            return reader.Read() && reader.ByteOffset == offset && reader.RawRecord.Length == length;
        }
        catch (CsvFormatException)
        {
            return false;
        }
    }

    private string? ReadRow(CsvReader reader, FeatureRows features)
    {
        if (reader.FieldCount != _fields)
        {
            return $"has {reader.FieldCount} fields, the header has {_fields}";
        }
        for (var slot = 0; slot < _columns.Length; slot++)
        {
            if (features.Add(slot, CellKind.Text, reader.GetSpan(_columns[slot])) is { } broken)
            {
                return $"{_features.Slots[slot].Name}: {broken}";
            }
        }
        return null;
    }

    private static string[]? Names(ReadOnlyMemory<byte> header)
    {
        if (!Utf8.IsValid(header.Span))
        {
            return null;
        }
        using var reader = CsvReader.Create(header, Strict);
        return StandsOn(reader, 0, header.Length) ? [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)] : null;
    }
}

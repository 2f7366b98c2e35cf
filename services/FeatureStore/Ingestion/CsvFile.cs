using CsvHelper;
using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.History;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Ingestion;

/// <summary>Reads a file of rows, strictly: every line has the header's columns, and quotes are as RFC 4180 has them.</summary>
internal static class CsvFile
{
    private static readonly CsvReaderOptions Strict = new()
    {
        Separator = ',',
        TrackLineNumbers = true,
        MaxRecordSize = 1 << 20,
        MalformedData = CsvMalformedDataHandling.Throw,
        FieldCountMismatch = CsvFieldCountHandling.Throw,
    };

    /// <summary>Reads every row of a file into an upload.</summary>
    /// <returns>How many, or the line, the column and the rule that the first bad row breaks.</returns>
    public static async Task<Outcome<long>> CopyAsync(Stream file, FeatureView view, Upload upload, long latest, CancellationToken ct)
    {
        try
        {
            await using var csv = CsvReader.Create(file, Strict, leaveOpen: true);
            await csv.ReadHeaderAsync(ct);
            var columns = CsvColumns.Of(view, csv.Headers);
            while (columns.Succeeded && await csv.ReadAsync(ct))
            {
                var row = columns.Value.Read(csv, latest);
                if (!row.Succeeded)
                {
                    return row.Refusal;
                }
                await upload.AddAsync(csv.LineNumber, row.Value, ct);
            }
            return columns.Then<long>(_ => upload.Rows > 0 ? upload.Rows : Refusal.Invalid("line 2", "must be a row: the file has none"));
        }
        catch (CsvFormatException e)
        {
            return Refusal.Invalid($"line {Math.Max(1, e.LineNumber)}", $"must be CSV with the columns of the header: {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}

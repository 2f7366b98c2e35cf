using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch;

/// <summary>How the records of a file are written; the numbers are kept in the states of jobs.</summary>
public enum RecordFormat
{
    /// <summary>RFC 4180 with a header row, comma separated, UTF-8.</summary>
    Csv = 1,

    /// <summary>One JSON object a line, UTF-8.</summary>
    NdJson = 2,
}

/// <summary>Formats by name and by the ending of a file.</summary>
public static class RecordFormats
{
    /// <summary>The format of a job; output has the format of the input.</summary>
    /// <param name="name">csv or ndjson; null: as the input's ending says.</param>
    /// <param name="input">Path of the input.</param>
    /// <param name="output">Path of the output.</param>
    public static Outcome<RecordFormat> Of(string? name, string input, string output)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        var wanted = name ?? Path.GetExtension(input).TrimStart('.');
        if (IsParquet(wanted) || IsParquet(Path.GetExtension(output).TrimStart('.')))
        {
            return Refusal.Invalid("format", "Parquet is not supported; convert the file to CSV or NDJSON");
        }
        RecordFormat? format = Find(wanted);
        if (format is not { } known)
        {
            return Refusal.Invalid("format", name is null
                ? $"cannot be told by the ending of '{Path.GetFileName(input)}'; say csv or ndjson"
                : $"must be csv or ndjson, is '{name}'");
        }
        return Find(Path.GetExtension(output).TrimStart('.')) is { } other && other != known
            ? Refusal.Invalid("output", $"must have the format of the input, {known.Name()}")
            : known;
    }

    /// <summary>The name that callers write.</summary>
    public static string Name(this RecordFormat format) => format == RecordFormat.Csv ? "csv" : "ndjson";

    private static RecordFormat? Find(string name) => name.ToUpperInvariant() switch
    {
        "CSV" => RecordFormat.Csv,
        "NDJSON" or "JSONL" => RecordFormat.NdJson,
        _ => null,
    };

    private static bool IsParquet(string name) => name.Equals("parquet", StringComparison.OrdinalIgnoreCase) || name.Equals("pq", StringComparison.OrdinalIgnoreCase);
}

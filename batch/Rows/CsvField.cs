using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ModelOps.Batch.Rows;

/// <summary>Fields that are added to a CSV row.</summary>
internal static class CsvField
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",\"\r\n");

    /// <summary>Appends a comma and a value given as JSON; null is an empty field, a string goes without its JSON quotes.</summary>
    public static void Write(string? json, Stream target)
    {
        var text = json switch
        {
            null or "null" => "",
            ['"', ..] => JsonSerializer.Deserialize<string>(json)!,
            _ => json,
        };
        target.WriteByte((byte)',');
        target.Write(Encoding.UTF8.GetBytes(text.AsSpan().ContainsAny(NeedQuotes) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text));
    }
}

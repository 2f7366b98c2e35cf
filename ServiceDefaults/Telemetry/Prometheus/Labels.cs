using System.Globalization;
using System.Text;

namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>Tags as the text between the braces, sorted, so that the order in which they were given does not matter.</summary>
internal static class Labels
{
    /// <summary>The series that takes what is beyond the limit; the name is OpenTelemetry's.</summary>
    public const string Overflow = "otel_metric_overflow=\"true\"";

    public static string Render(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            var name = MetricNames.Label(key);
            sorted[name] = sorted.TryGetValue(name, out var other) ? $"{other};{text}" : text;
        }
        var labels = new StringBuilder();
        foreach (var (name, value) in sorted)
        {
            labels.Append(labels.Length > 0 ? "," : "").Append(name).Append("=\"");
            Escape(labels, value, quotes: true);
            labels.Append('"');
        }
        return labels.ToString();
    }

    /// <summary>Backslash and line feed everywhere, quotes in label values.</summary>
    public static void Escape(StringBuilder to, string text, bool quotes)
    {
        foreach (var c in text)
        {
            _ = c switch
            {
                '\\' => to.Append(@"\\"),
                '\n' => to.Append(@"\n"),
                '"' when quotes => to.Append("\\\""),
                _ => to.Append(c),
            };
        }
    }
}

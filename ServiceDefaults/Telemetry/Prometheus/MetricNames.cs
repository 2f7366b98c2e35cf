using System.Text;

namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>
/// Turns the names of instruments into names that Prometheus and its linter accept: snake case, the unit at the end,
/// <c>_total</c> on counters and only there, and no <c>_count</c>, <c>_sum</c> or <c>_bucket</c> outside histograms
/// (<c>dotnet.process.cpu.count</c> becomes <c>dotnet_process_cpu_current</c>).
/// </summary>
internal static class MetricNames
{
    private const string Total = "_total";

    public static string Family(string instrument, MetricUnit unit, MetricKind kind)
    {
        var name = Snake(instrument);
        name = WithoutSuffix(name, Total);
        if (kind != MetricKind.Histogram)
        {
            name = name.EndsWith("_count", StringComparison.Ordinal) ? $"{WithoutSuffix(name, "_count")}_current" : name;
            name = WithoutSuffix(WithoutSuffix(name, "_sum"), "_bucket");
        }
        if (unit.Suffix.Length > 0 && !name.EndsWith($"_{unit.Suffix}", StringComparison.Ordinal))
        {
            name = $"{name}_{unit.Suffix}";
        }
        return kind == MetricKind.Counter ? name + Total : name;
    }

    /// <summary>Only <c>[a-zA-Z0-9_]</c>, no digit first.</summary>
    public static string Sanitize(string text)
    {
        var safe = new StringBuilder(text.Length + 1);
        foreach (var c in text)
        {
            safe.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }
        if (safe.Length == 0 || char.IsAsciiDigit(safe[0]))
        {
            safe.Insert(0, '_');
        }
        return safe.ToString();
    }

    /// <summary>A label's name: snake case, and not one of those that begin with two underscores, which Prometheus keeps for itself.</summary>
    public static string Label(string tag)
    {
        var name = Snake(tag);
        return name is "le" or "quantile" ? $"exported_{name}" : name;
    }

    private static string Snake(string text)
    {
        var safe = Sanitize(text);
        var snake = new StringBuilder(safe.Length + 4);
        for (var index = 0; index < safe.Length; index++)
        {
            var c = safe[index];
            if (char.IsAsciiLetterUpper(c) && index > 0 && (char.IsAsciiLetterLower(safe[index - 1]) || char.IsAsciiDigit(safe[index - 1])))
            {
                snake.Append('_');
            }
            if (c != '_' || snake.Length == 0 || snake[^1] != '_')
            {
                snake.Append(char.ToLowerInvariant(c));
            }
        }
        return snake.ToString();
    }

    private static string WithoutSuffix(string name, string suffix) =>
        name.EndsWith(suffix, StringComparison.Ordinal) && name.Length > suffix.Length ? name[..^suffix.Length] : name;
}

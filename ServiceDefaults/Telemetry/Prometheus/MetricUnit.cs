namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>A unit as Prometheus wants it: a base unit in words, and the factor that gets there.</summary>
/// <param name="Suffix">What the name ends with; empty for pure numbers.</param>
/// <param name="Scale">What measurements are multiplied with.</param>
internal readonly record struct MetricUnit(string Suffix, double Scale)
{
    /// <summary>A pure number.</summary>
    public static readonly MetricUnit None = new("", 1);

    /// <summary>From the UCUM code that instruments carry; annotations such as <c>{request}</c> are no unit.</summary>
    public static MetricUnit Of(string? ucum)
    {
        var unit = ucum ?? "";
        if (unit.IndexOf('{', StringComparison.Ordinal) is >= 0 and var brace)
        {
            unit = unit[..brace];
        }
        return unit.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
            ? Ratio(Simple(unit[..slash]), unit[(slash + 1)..])
            : Simple(unit);
    }

    private static MetricUnit Ratio(MetricUnit of, string per) =>
        per is "s" or "second" ? of with { Suffix = $"{of.Suffix}_per_second".TrimStart('_') } : of;

    private static MetricUnit Simple(string unit) => unit switch
    {
        "" or "1" or "/" => new("", 1),
        "s" => new("seconds", 1),
        "ms" => new("seconds", 1e-3),
        "us" => new("seconds", 1e-6),
        "ns" => new("seconds", 1e-9),
        "min" => new("seconds", 60),
        "h" => new("seconds", 3600),
        "d" => new("seconds", 86400),
        "By" => new("bytes", 1),
        "KiBy" => new("bytes", 1024),
        "MiBy" => new("bytes", 1024 * 1024),
        "GiBy" => new("bytes", 1024 * 1024 * 1024),
        "kBy" => new("bytes", 1e3),
        "MBy" => new("bytes", 1e6),
        "GBy" => new("bytes", 1e9),
        "%" => new("ratio", 0.01),
        "Cel" => new("celsius", 1),
        "J" => new("joules", 1),
        "V" => new("volts", 1),
        "A" => new("amperes", 1),
        "m" => new("meters", 1),
        "g" => new("grams", 1),
        "W" => new("watts", 1),
        "Hz" => new("hertz", 1),
        _ => new(MetricNames.Sanitize(unit).Trim('_'), 1),
    };
}

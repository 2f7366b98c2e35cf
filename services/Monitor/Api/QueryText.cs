using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Monitor.Api;

/// <summary>Reads what stands in a query, so that what is wrong is refused by its name.</summary>
internal static class QueryText
{
    private static readonly string[] Rfc3339 = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>A whole number; 0 where nothing is said.</summary>
    public static Outcome<long> Number(string? text, string field) =>
        string.IsNullOrEmpty(text) ? 0
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : Refusal.Invalid(field, "must be a whole number");

    /// <summary>Whole numbers with commas between them.</summary>
    public static Outcome<long[]> Numbers(string? text, string field)
    {
        var numbers = (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => Number(part, field)).ToList();
        return numbers.Find(number => !number.Succeeded)?.Refusal is { } refusal
            ? refusal with { Message = "must be whole numbers with commas between them" }
            : numbers.Select(number => number.Value).ToArray();
    }

    /// <summary>A page size; 0 where nothing is said.</summary>
    public static Outcome<int> PageSize(string? text) =>
        string.IsNullOrEmpty(text) ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 ? size
        : Refusal.Invalid("page_size", "must be a whole number, at least 1");

    /// <summary>A moment; the earliest where nothing is said.</summary>
    public static Outcome<Timestamp> Moment(string? text, string field) =>
        string.IsNullOrEmpty(text) ? DateTimeOffset.MinValue.ToTimestamp()
        : DateTimeOffset.TryParseExact(text, Rfc3339, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment) && HasZone(text) ? moment.ToTimestamp()
        : Refusal.Invalid(field, "must be a moment as in RFC 3339, for example 2026-01-01T00:00:00Z");

    // Without a zone the parser would take the machine's.
    private static bool HasZone(string text) => text[^1] == 'Z' || text.AsSpan(10).ContainsAny('+', '-');
}

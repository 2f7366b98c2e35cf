using System.Globalization;
using System.Text;

namespace ModelOps.FeatureStore.Values;

/// <summary>Event times: microseconds since 1970, as precise as PostgreSQL keeps them.</summary>
internal static class EventTime
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const int MaxFractionDigits = 7;
    private const string Rfc3339 = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK";
    private static readonly long Earliest = Of(new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The microsecond a moment lies in.</summary>
    public static long Of(DateTimeOffset moment) => (moment.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The moment.</summary>
    public static DateTimeOffset ToMoment(long eventTime) => DateTimeOffset.UnixEpoch.AddTicks(eventTime * TimeSpan.TicksPerMicrosecond);

    /// <summary>The nearest event time that PostgreSQL and this process can both express.</summary>
    public static long Clamp(long eventTime) => Math.Clamp(eventTime, Of(DateTimeOffset.MinValue), Of(DateTimeOffset.MaxValue));

    /// <summary>The moment as Npgsql wants it.</summary>
    public static DateTime ToUtc(long eventTime) => ToMoment(eventTime).UtcDateTime;

    /// <summary>Checks the time of a row.</summary>
    /// <param name="eventTime">The time.</param>
    /// <param name="latest">The last time that is allowed.</param>
    /// <returns>The rule it breaks.</returns>
    public static string? BrokenRule(long eventTime, long latest) =>
        eventTime < Earliest ? "must be 1900 or later" : eventTime > latest ? $"must not be after {ToText(latest)}, it is in the future" : null;

    /// <summary>Reads a time of RFC 3339, with its offset; digits beyond the seventh of a second are cut off.</summary>
    public static bool TryParse(string text, out long eventTime)
    {
        eventTime = 0;
        var hasOffset = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
        if (!hasOffset || !DateTimeOffset.TryParseExact(WithoutTail(text), Rfc3339, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment))
        {
            return false;
        }
        eventTime = Of(moment);
        return true;
    }

    /// <summary>Reads a column of a file: RFC 3339, or seconds since 1970 with or without a fraction.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out long eventTime)
    {
        if (!decimal.TryParse(utf8, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return TryParse(Encoding.UTF8.GetString(utf8), out eventTime);
        }
        var isInRange = Math.Abs(seconds) < long.MaxValue / MicrosecondsPerSecond / TimeSpan.TicksPerMicrosecond;
        eventTime = isInRange ? (long)decimal.Floor(seconds * MicrosecondsPerSecond) : 0;
        return isInRange && eventTime <= Of(DateTimeOffset.MaxValue);
    }

    /// <summary>RFC 3339 in UTC.</summary>
    public static string ToText(long eventTime) => ToMoment(eventTime).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    private static string WithoutTail(string text)
    {
        var first = text.IndexOf('.', StringComparison.Ordinal) + 1;
        var end = first;
        while (first > 0 && end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }
        return end - first > MaxFractionDigits ? string.Concat(text.AsSpan(0, first + MaxFractionDigits), text.AsSpan(end)) : text;
    }
}

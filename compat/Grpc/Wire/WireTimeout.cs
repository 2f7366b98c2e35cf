using System.Globalization;

namespace Grpc.Wire;

/// <summary>The <c>grpc-timeout</c> header: at most eight digits and a unit.</summary>
internal static class WireTimeout
{
    private const int MaxDigits = 8;
    private const long MaxAmount = 99_999_999;

    /// <summary>The longest wait that a <see cref="Timer"/> takes.</summary>
    public static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    public static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxDigits + 1
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
        {
            return false;
        }
        long? ticks = text[^1] switch
        {
            'n' => amount / TimeSpan.NanosecondsPerTick,
            'u' => amount * TimeSpan.TicksPerMicrosecond,
            'm' => amount * TimeSpan.TicksPerMillisecond,
            'S' => amount * TimeSpan.TicksPerSecond,
            'M' => amount * TimeSpan.TicksPerMinute,
            'H' => amount * TimeSpan.TicksPerHour,
            _ => null,
        };
        timeout = TimeSpan.FromTicks(ticks ?? 0);
        return ticks is not null;
    }

    /// <summary>The shortest unit that holds the time, rounded up so that the server never gives up first.</summary>
    public static string Format(TimeSpan timeout)
    {
        var milliseconds = Up(timeout.Ticks, TimeSpan.TicksPerMillisecond);
        if (milliseconds <= MaxAmount)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, milliseconds)}m");
        }
        var seconds = Up(timeout.Ticks, TimeSpan.TicksPerSecond);
        return seconds <= MaxAmount
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds}S")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(MaxAmount, Up(timeout.Ticks, TimeSpan.TicksPerHour))}H");
    }

    private static long Up(long ticks, long unit) => (ticks / unit) + (ticks % unit > 0 ? 1 : 0);
}

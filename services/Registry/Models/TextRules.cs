using System.Globalization;
using System.Text;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Models;

/// <summary>How long texts may be, how many numbers there may be under what names, and what they are made of.</summary>
internal static class TextRules
{
    private const int MaxKey = 128;

    /// <summary>Checks a digest; empty: not said.</summary>
    public static Refusal? CheckDigest(string sha256, string field) => sha256.Length == 0 || (sha256.Length == 64 && sha256.All(char.IsAsciiHexDigitLower))
        ? null
        : Refusal.Invalid(field, "must be 64 lower-case hexadecimal digits");

    /// <summary>Checks numbers by name.</summary>
    public static Refusal? CheckNumbers(IReadOnlyDictionary<string, double> numbers, int max, string field)
    {
        if (numbers.Count > max)
        {
            return Refusal.Invalid(field, $"may have at most {max} entries, it has {numbers.Count}");
        }
        foreach (var (name, value) in numbers)
        {
            if (CheckKey(name, field) is { } refusal)
            {
                return refusal;
            }
            if (!double.IsFinite(value))
            {
                return Refusal.Invalid($"{field}.{name}", $"must be finite, it is {value.ToString(CultureInfo.InvariantCulture)}");
            }
        }
        return null;
    }

    public static Refusal? CheckKey(string key, string field) =>
        key.Length == 0 ? Refusal.Invalid(field, "must not have an empty key") : CheckText(key, MaxKey, $"{field} key");

    public static Refusal? CheckText(string text, int max, string field, bool isProse = false)
    {
        var length = 0;
        for (var i = 0; i < text.Length; length++)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used) != System.Buffers.OperationStatus.Done)
            {
                return Refusal.Invalid(field, "must be valid Unicode, it has half of a surrogate pair");
            }
            if (!IsAllowed(rune, isProse))
            {
                return Refusal.Invalid(field, $"must not contain the control character U+{rune.Value:X4}");
            }
            i += used;
        }
        return length <= max ? null : Refusal.Invalid(field, $"may have at most {max} characters, it has {length}");
    }

    // Characters that turn the direction of text around make one name look like another.
    private static bool IsAllowed(Rune rune, bool isProse) =>
        (isProse && rune.Value is (int)'\n' or (int)'\r' or (int)'\t')
        || !(Rune.IsControl(rune) || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x2028 or 0x2029);
}

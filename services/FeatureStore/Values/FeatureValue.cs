using System.Text;

namespace ModelOps.FeatureStore.Values;

/// <summary>One value; the default is null. Numbers are kept as their 64 bits, so that nothing is boxed.</summary>
internal readonly record struct FeatureValue
{
    private const int MaxStringBytes = 4_096;

    // Refuses half of a surrogate pair instead of storing a replacement for it.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private FeatureValue(FeatureType type, long bits, string? text) => (Type, Bits, Text) = (type, bits, text);

    public FeatureType Type { get; }

    /// <summary>The bits of a number or truth value.</summary>
    public long Bits { get; }

    /// <summary>The text of a string.</summary>
    public string? Text { get; }

    public bool IsNull => Type == FeatureType.None;

    public bool Bool => Bits != 0;

    public double Double => BitConverter.Int64BitsToDouble(Bits);

    public static FeatureValue Of(bool value) => new(FeatureType.Bool, value ? 1 : 0, null);

    public static FeatureValue Of(long value) => new(FeatureType.Int64, value, null);

    public static FeatureValue Of(double value) => new(FeatureType.Double, BitConverter.DoubleToInt64Bits(value), null);

    public static FeatureValue Of(string value) => new(FeatureType.String, 0, value);

    /// <summary>Checks a value of a feature; null is a value of every type.</summary>
    /// <returns>The rule it breaks.</returns>
    public string? BrokenRule(FeatureType expected) => this switch
    {
        { IsNull: true } => null,
        _ when Type != expected => $"must be {FeatureNames.Of(expected)}, it is {FeatureNames.Of(Type)}",
        { Type: FeatureType.Double } when !double.IsFinite(Double) => "must be a finite number",
        { Type: FeatureType.String } when Utf8Length(Text!) is not { } length => "must be valid Unicode",
        { Type: FeatureType.String } when Utf8Length(Text!) is > MaxStringBytes and var length => $"must have at most {MaxStringBytes:N0} bytes of UTF-8, it has {length:N0}",
        _ => null,
    };

    /// <summary>Bytes of UTF-8; null when the text is not valid Unicode.</summary>
    public static int? Utf8Length(string text)
    {
        try
        {
            return Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }
}

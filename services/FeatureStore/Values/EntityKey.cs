using System.Buffers.Binary;
using System.Text;

namespace ModelOps.FeatureStore.Values;

/// <summary>An entity key as bytes whose order is that of the keys: numbers by value, texts by code point.</summary>
internal static class EntityKey
{
    // An index of PostgreSQL takes no more than 2,704 bytes a row.
    private const int MaxBytes = 1_024;

    /// <summary>Checks a key.</summary>
    /// <returns>The rule it breaks.</returns>
    public static string? BrokenRule(FeatureValue key, FeatureType expected) => key switch
    {
        { IsNull: true } => "must be present",
        _ when key.BrokenRule(expected) is { } rule => rule,
        { Type: FeatureType.String, Text: "" } => "must not be empty",
        { Type: FeatureType.String } when FeatureValue.Utf8Length(key.Text!) is > MaxBytes and var length => $"must have at most {MaxBytes:N0} bytes of UTF-8, it has {length:N0}",
        _ => null,
    };

    /// <summary>The bytes of a key that was checked.</summary>
    public static byte[] ToBytes(FeatureValue key)
    {
        if (key.Type == FeatureType.String)
        {
            return Encoding.UTF8.GetBytes(key.Text!);
        }
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, key.Bits ^ long.MinValue);
        return bytes;
    }

    /// <summary>The key of bytes that <see cref="ToBytes"/> made.</summary>
    public static FeatureValue FromBytes(ReadOnlySpan<byte> bytes, FeatureType type) => type == FeatureType.String
        ? FeatureValue.Of(Encoding.UTF8.GetString(bytes))
        : FeatureValue.Of(BinaryPrimitives.ReadInt64BigEndian(bytes) ^ long.MinValue);
}

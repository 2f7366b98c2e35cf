using System.Text;

namespace StackExchange.Redis;

#pragma warning disable CA2225 // The operators are those of the package.

/// <summary>A key: text (UTF-8 on the wire) or bytes.</summary>
public readonly struct RedisKey : IEquatable<RedisKey>
{
    private readonly object? _value;

    public RedisKey(string? key) => _value = key;

    private RedisKey(byte[]? key) => _value = key;

    public static implicit operator RedisKey(string? key) => new(key);

    public static implicit operator RedisKey(byte[]? key) => new(key);

    public static implicit operator byte[]?(RedisKey key) => key._value switch
    {
        null => null,
        byte[] bytes => bytes,
        var text => Encoding.UTF8.GetBytes((string)text),
    };

    public static implicit operator string?(RedisKey key) => key._value switch
    {
        null => null,
        byte[] bytes => RedisValue.TextOf(bytes),
        var text => (string)text,
    };

    public static bool operator ==(RedisKey x, RedisKey y) => x.Equals(y);

    public static bool operator !=(RedisKey x, RedisKey y) => !x.Equals(y);

    public static RedisKey operator +(RedisKey x, RedisKey y) => x.Append(y);

    /// <summary>This key with <paramref name="suffix"/> behind it.</summary>
    public RedisKey Append(RedisKey suffix) => _value is byte[] || suffix._value is byte[]? new([.. (byte[]?)this ?? [], .. (byte[]?)suffix ?? []])
        : new((string?)_value + (string?)suffix._value);

    /// <summary>This key with <paramref name="prefix"/> before it.</summary>
    public RedisKey Prepend(RedisKey prefix) => prefix.Append(this);

    public bool Equals(RedisKey other) => (_value, other._value) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (string x, string y) => x == y,
        _ => ((byte[]?)this).AsSpan().SequenceEqual((byte[]?)other),
    };

    public override bool Equals(object? obj) => obj switch
    {
        RedisKey key => Equals(key),
        string text => Equals((RedisKey)text),
        byte[] bytes => Equals((RedisKey)bytes),
        _ => false,
    };

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes((byte[]?)this);
        return hash.ToHashCode();
    }

    public override string ToString() => (string?)this ?? "(null)";

    internal RedisValue AsValue() => _value switch
    {
        null => throw new ArgumentException("A null key is not valid in this context"),
        byte[] bytes => bytes,
        var text => (string)text,
    };
}

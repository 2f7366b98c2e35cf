namespace StackExchange.Redis;

#pragma warning disable CA2225 // The operators are those of the package.

/// <summary>A field of a hash and its value.</summary>
public readonly struct HashEntry : IEquatable<HashEntry>
{
    public HashEntry(RedisValue name, RedisValue value)
    {
        Name = name;
        Value = value;
    }

    public RedisValue Name { get; }

    public RedisValue Value { get; }

    public static implicit operator KeyValuePair<RedisValue, RedisValue>(HashEntry value) => new(value.Name, value.Value);

    public static implicit operator HashEntry(KeyValuePair<RedisValue, RedisValue> value) => new(value.Key, value.Value);

    public static bool operator ==(HashEntry x, HashEntry y) => x.Equals(y);

    public static bool operator !=(HashEntry x, HashEntry y) => !x.Equals(y);

    public bool Equals(HashEntry other) => Name == other.Name && Value == other.Value;

    public override bool Equals(object? obj) => obj is HashEntry other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Name, Value);

    public override string ToString() => Name + ": " + Value;
}

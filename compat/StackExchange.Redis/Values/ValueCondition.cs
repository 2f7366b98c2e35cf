namespace StackExchange.Redis;

#pragma warning disable CA2225 // The operators are those of the package.

/// <summary>What must hold of a key for it to be written.</summary>
public readonly struct ValueCondition
{
    private readonly When _when;

    private ValueCondition(When when) => _when = when;

    public static ValueCondition Always => default;

    public static ValueCondition Exists => new(When.Exists);

    public static ValueCondition NotExists => new(When.NotExists);

    public static implicit operator ValueCondition(When when) => new(when);

    internal RedisValue[] Arguments => _when switch
    {
        When.Always => [],
        When.Exists => ["XX"],
        When.NotExists => ["NX"],
        _ => throw new ArgumentOutOfRangeException(nameof(_when)),
    };
}

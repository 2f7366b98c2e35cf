namespace StackExchange.Redis;

#pragma warning disable CA2225 // The operators are those of the package.

/// <summary>When a key that is written goes: never (default), after a time, at a time, or when it would have gone anyway.</summary>
public readonly struct Expiration
{
    private readonly string? _keyword;
    private readonly long _milliseconds;

    /// <summary>After <paramref name="ttl"/>, to the millisecond.</summary>
    public Expiration(TimeSpan ttl)
        : this("PX", (long)ttl.TotalMilliseconds)
    {
    }

    /// <summary>At <paramref name="when"/>, to the millisecond.</summary>
    public Expiration(DateTime when)
        : this("PXAT", new DateTimeOffset(when.ToUniversalTime()).ToUnixTimeMilliseconds())
    {
    }

    private Expiration(string keyword, long milliseconds = 0)
    {
        _keyword = keyword;
        _milliseconds = milliseconds;
    }

    /// <summary>Never; an expiry that the key has is taken away.</summary>
    public static Expiration Default => default;

    /// <summary>The key keeps the expiry it has.</summary>
    public static Expiration KeepTtl => new("KEEPTTL");

    public static implicit operator Expiration(TimeSpan ttl) => new(ttl);

    public static implicit operator Expiration(DateTime when) => new(when);

    internal bool IsDefault => _keyword is null;

    internal RedisValue[] Arguments => _keyword switch
    {
        null => [],
        "KEEPTTL" => [_keyword],
        _ => [_keyword, _milliseconds],
    };
}

using StackExchange.Redis.Protocol;

namespace StackExchange.Redis;

/// <summary>The requests by method: what each sends, and how it reads the reply.</summary>
internal static class Requests
{
    /// <summary>Commands that change what replies mean on a connection that everybody shares.</summary>
    private static readonly HashSet<string> NotShared = new(StringComparer.OrdinalIgnoreCase)
    {
        "AUTH", "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "DISCARD", "EXEC", "HELLO", "MONITOR", "MULTI",
        "PSUBSCRIBE", "PSYNC", "PUNSUBSCRIBE", "QUIT", "RESET", "SELECT", "SSUBSCRIBE", "SUBSCRIBE", "SUNSUBSCRIBE", "SYNC", "UNSUBSCRIBE", "UNWATCH", "WATCH",
    };

    public static Request<bool> Ping() => new("PING", [], reply => reply.IsText("PONG"), false);

    public static Request<RedisValue> StringGet(RedisKey key) => Value("GET", key.AsValue());

    public static Request<RedisValue[]> StringGet(RedisKey[] keys) => Values("MGET", Keys(keys));

    public static Request<bool> StringSet(RedisKey key, RedisValue value, Expiration expiry, ValueCondition when) =>
        value.IsNull ? KeyDelete(key) : new("SET", [key.AsValue(), value, .. expiry.Arguments, .. when.Arguments], reply => reply.IsText("OK"), false);

    public static Request<bool> StringSet(KeyValuePair<RedisKey, RedisValue>[] values, When when, Expiration expiry)
    {
        ArgumentNullException.ThrowIfNull(values);
        RedisValue[] pairs = [.. values.SelectMany(pair => new[] { pair.Key.AsValue(), pair.Value })];
        return (when, expiry.IsDefault) switch
        {
            (When.Always, true) => new("MSET", pairs, reply => reply.IsText("OK"), false),
            (When.NotExists, true) => Flag("MSETNX", pairs),
            _ => Flag("MSETEX", [values.Length, .. pairs, .. ((ValueCondition)when).Arguments, .. expiry.Arguments]),
        };
    }

    public static Request<long> StringIncrement(RedisKey key, long value) =>
        value == 1 ? Number("INCR", key.AsValue()) : Number("INCRBY", key.AsValue(), value);

    public static Request<double> StringIncrement(RedisKey key, double value) =>
        new("INCRBYFLOAT", [key.AsValue(), value], reply => (double)reply.ToValue(), 0);

    public static Request<bool> KeyDelete(RedisKey key) => Flag("DEL", key.AsValue());

    public static Request<long> KeyDelete(RedisKey[] keys) => Number("DEL", Keys(keys));

    public static Request<bool> KeyExists(RedisKey key) => Flag("EXISTS", key.AsValue());

    public static Request<long> KeyExists(RedisKey[] keys) => Number("EXISTS", Keys(keys));

    public static Request<bool> KeyExpire(RedisKey key, TimeSpan? expiry, ExpireWhen when) => expiry is { } some
        ? Flag("PEXPIRE", [key.AsValue(), (long)some.TotalMilliseconds, .. Condition(when)])
        : Flag("PERSIST", key.AsValue());

    public static Request<bool> KeyExpire(RedisKey key, DateTime? expiry, ExpireWhen when) => expiry is { } some
        ? Flag("PEXPIREAT", [key.AsValue(), new DateTimeOffset(some.ToUniversalTime()).ToUnixTimeMilliseconds(), .. Condition(when)])
        : Flag("PERSIST", key.AsValue());

    public static Request<TimeSpan?> KeyTimeToLive(RedisKey key) => new(
        "PTTL", [key.AsValue()], reply => (long)reply.ToValue() is >= 0 and var left ? TimeSpan.FromMilliseconds(left) : null, null);

    public static Request<RedisValue> HashGet(RedisKey key, RedisValue field) => Value("HGET", key.AsValue(), field);

    public static Request<RedisValue[]> HashGet(RedisKey key, RedisValue[] fields) => Values("HMGET", [key.AsValue(), .. NotEmpty(fields)]);

    public static Request<HashEntry[]> HashGetAll(RedisKey key) => new("HGETALL", [key.AsValue()], reply => [.. Pairs(reply)], []);

    public static Request<bool> HashSet(RedisKey key, RedisValue field, RedisValue value, When when) => when switch
    {
        When.Always => Flag("HSET", key.AsValue(), field, value),
        When.NotExists => Flag("HSETNX", key.AsValue(), field, value),
        _ => throw new ArgumentException($"{when} is not valid in this context; the permitted values are: Always, NotExists", nameof(when)),
    };

    public static Request<long> HashSet(RedisKey key, HashEntry[] fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return Number("HSET", [key.AsValue(), .. NotEmpty([.. fields.SelectMany(field => new[] { field.Name, field.Value })])]);
    }

    public static Request<bool> SetAdd(RedisKey key, RedisValue value) => Flag("SADD", key.AsValue(), value);

    public static Request<long> SetAdd(RedisKey key, RedisValue[] values) => Number("SADD", [key.AsValue(), .. NotEmpty(values)]);

    public static Request<RedisValue[]> SetMembers(RedisKey key) => Values("SMEMBERS", key.AsValue());

    public static Request<long> ListRightPush(RedisKey key, RedisValue[] values, When when) => when switch
    {
        When.Always => Number("RPUSH", [key.AsValue(), .. NotEmpty(values)]),
        When.Exists => Number("RPUSHX", [key.AsValue(), .. NotEmpty(values)]),
        _ => throw new ArgumentException($"{when} is not valid in this context; the permitted values are: Always, Exists", nameof(when)),
    };

    public static Request<RedisValue> ListLeftPop(RedisKey key) => Value("LPOP", key.AsValue());

    public static Request<RedisValue[]> ListLeftPop(RedisKey key, long count) => Values("LPOP", key.AsValue(), count);

    public static Request<RedisResult> Script(string command, RedisValue script, RedisKey[]? keys, RedisValue[]? values) => new(
        command, [script, keys?.Length ?? 0, .. (keys ?? []).Select(key => key.AsValue()), .. values ?? []], Result, RedisResult.Create(RedisValue.Null));

    public static Request<RedisResult> Raw(string command, IEnumerable<object> arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(command);
        return NotShared.Contains(command)
            ? throw new RedisCommandException($"{command} cannot be used on a shared connection")
            : new(command, [.. arguments.Select(RedisValue.FromObject)], Result, RedisResult.Create(RedisValue.Null));
    }

    private static Request<RedisValue> Value(string name, params RedisValue[] arguments) => new(name, arguments, reply => reply.ToValue(), RedisValue.Null);

    private static Request<RedisValue[]> Values(string name, params RedisValue[] arguments) => new(
        name, arguments, reply => Array.ConvertAll(reply.Items, item => item.ToValue()), []);

    private static Request<long> Number(string name, params RedisValue[] arguments) => new(name, arguments, reply => (long)reply.ToValue(), 0);

    private static Request<bool> Flag(string name, params RedisValue[] arguments) => new(name, arguments, reply => (long)reply.ToValue() > 0, false);

    private static ReplyResult Result(Reply reply) => new ReplyResult(reply);

    private static RedisValue[] Keys(RedisKey[] keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return NotEmpty(Array.ConvertAll(keys, key => key.AsValue()));
    }

    private static RedisValue[] NotEmpty(RedisValue[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Length > 0 ? values : throw new ArgumentException("At least one is needed", nameof(values));
    }

    private static IEnumerable<HashEntry> Pairs(Reply reply)
    {
        for (var i = 0; i + 1 < reply.Items.Length; i += 2)
        {
            yield return new(reply.Items[i].ToValue(), reply.Items[i + 1].ToValue());
        }
    }

    private static RedisValue[] Condition(ExpireWhen when) => when switch
    {
        ExpireWhen.Always => [],
        ExpireWhen.GreaterThanCurrentExpiry => ["GT"],
        ExpireWhen.HasExpiry => ["XX"],
        ExpireWhen.HasNoExpiry => ["NX"],
        ExpireWhen.LessThanCurrentExpiry => ["LT"],
        _ => throw new ArgumentOutOfRangeException(nameof(when)),
    };
}

namespace StackExchange.Redis;

/// <summary>Asks a server and blocks until it answered.</summary>
public interface IRedis : IRedisAsync
{
    /// <summary>Asks whether the server answers.</summary>
    /// <returns>How long it took.</returns>
    TimeSpan Ping(CommandFlags flags = CommandFlags.None);
}

/// <summary>Commands on a database. Each method sends the command of its name.</summary>
public interface IDatabase : IRedis, IDatabaseAsync
{
    /// <summary>Its number.</summary>
    int Database { get; }

    bool KeyDelete(RedisKey key, CommandFlags flags = CommandFlags.None);

    long KeyDelete(RedisKey[] keys, CommandFlags flags = CommandFlags.None);

    bool KeyExists(RedisKey key, CommandFlags flags = CommandFlags.None);

    long KeyExists(RedisKey[] keys, CommandFlags flags = CommandFlags.None);

    bool KeyExpire(RedisKey key, TimeSpan? expiry, CommandFlags flags);

    bool KeyExpire(RedisKey key, TimeSpan? expiry, ExpireWhen when = ExpireWhen.Always, CommandFlags flags = CommandFlags.None);

    bool KeyExpire(RedisKey key, DateTime? expiry, CommandFlags flags);

    bool KeyExpire(RedisKey key, DateTime? expiry, ExpireWhen when = ExpireWhen.Always, CommandFlags flags = CommandFlags.None);

    TimeSpan? KeyTimeToLive(RedisKey key, CommandFlags flags = CommandFlags.None);

    RedisValue StringGet(RedisKey key, CommandFlags flags = CommandFlags.None);

    RedisValue[] StringGet(RedisKey[] keys, CommandFlags flags = CommandFlags.None);

    bool StringSet(RedisKey key, RedisValue value, TimeSpan? expiry, When when);

    bool StringSet(RedisKey key, RedisValue value, TimeSpan? expiry, When when, CommandFlags flags);

    bool StringSet(RedisKey key, RedisValue value, TimeSpan? expiry, bool keepTtl, When when = When.Always, CommandFlags flags = CommandFlags.None);

    bool StringSet(RedisKey key, RedisValue value, Expiration expiry = default, ValueCondition when = default, CommandFlags flags = CommandFlags.None);

    bool StringSet(KeyValuePair<RedisKey, RedisValue>[] values, When when, CommandFlags flags);

    bool StringSet(KeyValuePair<RedisKey, RedisValue>[] values, When when = When.Always, Expiration expiry = default, CommandFlags flags = CommandFlags.None);

    long StringIncrement(RedisKey key, long value = 1, CommandFlags flags = CommandFlags.None);

    double StringIncrement(RedisKey key, double value, CommandFlags flags = CommandFlags.None);

    RedisValue HashGet(RedisKey key, RedisValue hashField, CommandFlags flags = CommandFlags.None);

    RedisValue[] HashGet(RedisKey key, RedisValue[] hashFields, CommandFlags flags = CommandFlags.None);

    HashEntry[] HashGetAll(RedisKey key, CommandFlags flags = CommandFlags.None);

    bool HashSet(RedisKey key, RedisValue hashField, RedisValue value, When when = When.Always, CommandFlags flags = CommandFlags.None);

    void HashSet(RedisKey key, HashEntry[] hashFields, CommandFlags flags = CommandFlags.None);

    bool SetAdd(RedisKey key, RedisValue value, CommandFlags flags = CommandFlags.None);

    long SetAdd(RedisKey key, RedisValue[] values, CommandFlags flags = CommandFlags.None);

    RedisValue[] SetMembers(RedisKey key, CommandFlags flags = CommandFlags.None);

    long ListRightPush(RedisKey key, RedisValue value, When when = When.Always, CommandFlags flags = CommandFlags.None);

    long ListRightPush(RedisKey key, RedisValue[] values, When when = When.Always, CommandFlags flags = CommandFlags.None);

    long ListRightPush(RedisKey key, RedisValue[] values, CommandFlags flags);

    RedisValue ListLeftPop(RedisKey key, CommandFlags flags = CommandFlags.None);

    RedisValue[] ListLeftPop(RedisKey key, long count, CommandFlags flags = CommandFlags.None);

    RedisResult Execute(string command, params object[] args);

    RedisResult Execute(string command, ICollection<object> args, CommandFlags flags = CommandFlags.None);

    RedisResult ScriptEvaluate(string script, RedisKey[]? keys = null, RedisValue[]? values = null, CommandFlags flags = CommandFlags.None);
}

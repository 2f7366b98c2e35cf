namespace StackExchange.Redis;

internal sealed partial class RedisDatabase
{
    public bool KeyDelete(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.KeyDelete(key), flags);

    public long KeyDelete(RedisKey[] keys, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.KeyDelete(keys), flags);

    public bool KeyExists(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.KeyExists(key), flags);

    public long KeyExists(RedisKey[] keys, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.KeyExists(keys), flags);

    public bool KeyExpire(RedisKey key, TimeSpan? expiry, CommandFlags flags) =>
        Run(Requests.KeyExpire(key, expiry, ExpireWhen.Always), flags);

    public bool KeyExpire(RedisKey key, TimeSpan? expiry, ExpireWhen when = ExpireWhen.Always, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.KeyExpire(key, expiry, when), flags);

    public bool KeyExpire(RedisKey key, DateTime? expiry, CommandFlags flags) =>
        Run(Requests.KeyExpire(key, expiry, ExpireWhen.Always), flags);

    public bool KeyExpire(RedisKey key, DateTime? expiry, ExpireWhen when = ExpireWhen.Always, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.KeyExpire(key, expiry, when), flags);

    public TimeSpan? KeyTimeToLive(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.KeyTimeToLive(key), flags);

    public RedisValue StringGet(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.StringGet(key), flags);

    public RedisValue[] StringGet(RedisKey[] keys, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.StringGet(keys), flags);

    public bool StringSet(RedisKey key, RedisValue value, TimeSpan? expiry, When when) =>
        Run(Requests.StringSet(key, value, Expiry(expiry), when), CommandFlags.None);

    public bool StringSet(RedisKey key, RedisValue value, TimeSpan? expiry, When when, CommandFlags flags) =>
        Run(Requests.StringSet(key, value, Expiry(expiry), when), flags);

    public bool StringSet(RedisKey key, RedisValue value, TimeSpan? expiry, bool keepTtl, When when = When.Always, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.StringSet(key, value, keepTtl ? Expiration.KeepTtl : Expiry(expiry), when), flags);

    public bool StringSet(RedisKey key, RedisValue value, Expiration expiry = default, ValueCondition when = default, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.StringSet(key, value, expiry, when), flags);

    public bool StringSet(KeyValuePair<RedisKey, RedisValue>[] values, When when, CommandFlags flags) =>
        Run(Requests.StringSet(values, when, default), flags);

    public bool StringSet(KeyValuePair<RedisKey, RedisValue>[] values, When when = When.Always, Expiration expiry = default, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.StringSet(values, when, expiry), flags);

    public long StringIncrement(RedisKey key, long value = 1, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.StringIncrement(key, value), flags);

    public double StringIncrement(RedisKey key, double value, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.StringIncrement(key, value), flags);

    public RedisValue HashGet(RedisKey key, RedisValue hashField, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.HashGet(key, hashField), flags);

    public RedisValue[] HashGet(RedisKey key, RedisValue[] hashFields, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.HashGet(key, hashFields), flags);

    public HashEntry[] HashGetAll(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.HashGetAll(key), flags);

    public bool HashSet(RedisKey key, RedisValue hashField, RedisValue value, When when = When.Always, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.HashSet(key, hashField, value, when), flags);

    public void HashSet(RedisKey key, HashEntry[] hashFields, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.HashSet(key, hashFields), flags);

    public bool SetAdd(RedisKey key, RedisValue value, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.SetAdd(key, value), flags);

    public long SetAdd(RedisKey key, RedisValue[] values, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.SetAdd(key, values), flags);

    public RedisValue[] SetMembers(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.SetMembers(key), flags);

    public long ListRightPush(RedisKey key, RedisValue value, When when = When.Always, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.ListRightPush(key, [value], when), flags);

    public long ListRightPush(RedisKey key, RedisValue[] values, When when = When.Always, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.ListRightPush(key, values, when), flags);

    public long ListRightPush(RedisKey key, RedisValue[] values, CommandFlags flags) =>
        Run(Requests.ListRightPush(key, values, When.Always), flags);

    public RedisValue ListLeftPop(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.ListLeftPop(key), flags);

    public RedisValue[] ListLeftPop(RedisKey key, long count, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.ListLeftPop(key, count), flags);

    public RedisResult Execute(string command, params object[] args) =>
        Run(Requests.Raw(command, args), CommandFlags.None);

    public RedisResult Execute(string command, ICollection<object> args, CommandFlags flags = CommandFlags.None) =>
        Run(Requests.Raw(command, args), flags);
}

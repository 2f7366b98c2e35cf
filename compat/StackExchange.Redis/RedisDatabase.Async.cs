namespace StackExchange.Redis;

internal sealed partial class RedisDatabase
{
    public Task<bool> KeyDeleteAsync(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.KeyDelete(key), flags);

    public Task<long> KeyDeleteAsync(RedisKey[] keys, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.KeyDelete(keys), flags);

    public Task<bool> KeyExistsAsync(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.KeyExists(key), flags);

    public Task<long> KeyExistsAsync(RedisKey[] keys, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.KeyExists(keys), flags);

    public Task<bool> KeyExpireAsync(RedisKey key, TimeSpan? expiry, CommandFlags flags) =>
        RunAsync(Requests.KeyExpire(key, expiry, ExpireWhen.Always), flags);

    public Task<bool> KeyExpireAsync(RedisKey key, TimeSpan? expiry, ExpireWhen when = ExpireWhen.Always, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.KeyExpire(key, expiry, when), flags);

    public Task<bool> KeyExpireAsync(RedisKey key, DateTime? expiry, CommandFlags flags) =>
        RunAsync(Requests.KeyExpire(key, expiry, ExpireWhen.Always), flags);

    public Task<bool> KeyExpireAsync(RedisKey key, DateTime? expiry, ExpireWhen when = ExpireWhen.Always, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.KeyExpire(key, expiry, when), flags);

    public Task<TimeSpan?> KeyTimeToLiveAsync(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.KeyTimeToLive(key), flags);

    public Task<RedisValue> StringGetAsync(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.StringGet(key), flags);

    public Task<RedisValue[]> StringGetAsync(RedisKey[] keys, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.StringGet(keys), flags);

    public Task<bool> StringSetAsync(RedisKey key, RedisValue value, TimeSpan? expiry, When when) =>
        RunAsync(Requests.StringSet(key, value, Expiry(expiry), when), CommandFlags.None);

    public Task<bool> StringSetAsync(RedisKey key, RedisValue value, TimeSpan? expiry, When when, CommandFlags flags) =>
        RunAsync(Requests.StringSet(key, value, Expiry(expiry), when), flags);

    public Task<bool> StringSetAsync(RedisKey key, RedisValue value, TimeSpan? expiry, bool keepTtl, When when = When.Always, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.StringSet(key, value, keepTtl ? Expiration.KeepTtl : Expiry(expiry), when), flags);

    public Task<bool> StringSetAsync(RedisKey key, RedisValue value, Expiration expiry = default, ValueCondition when = default, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.StringSet(key, value, expiry, when), flags);

    public Task<bool> StringSetAsync(KeyValuePair<RedisKey, RedisValue>[] values, When when, CommandFlags flags) =>
        RunAsync(Requests.StringSet(values, when, default), flags);

    public Task<bool> StringSetAsync(KeyValuePair<RedisKey, RedisValue>[] values, When when = When.Always, Expiration expiry = default, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.StringSet(values, when, expiry), flags);

    public Task<long> StringIncrementAsync(RedisKey key, long value = 1, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.StringIncrement(key, value), flags);

    public Task<double> StringIncrementAsync(RedisKey key, double value, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.StringIncrement(key, value), flags);

    public Task<RedisValue> HashGetAsync(RedisKey key, RedisValue hashField, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.HashGet(key, hashField), flags);

    public Task<RedisValue[]> HashGetAsync(RedisKey key, RedisValue[] hashFields, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.HashGet(key, hashFields), flags);

    public Task<HashEntry[]> HashGetAllAsync(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.HashGetAll(key), flags);

    public Task<bool> HashSetAsync(RedisKey key, RedisValue hashField, RedisValue value, When when = When.Always, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.HashSet(key, hashField, value, when), flags);

    public Task HashSetAsync(RedisKey key, HashEntry[] hashFields, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.HashSet(key, hashFields), flags);

    public Task<bool> SetAddAsync(RedisKey key, RedisValue value, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.SetAdd(key, value), flags);

    public Task<long> SetAddAsync(RedisKey key, RedisValue[] values, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.SetAdd(key, values), flags);

    public Task<RedisValue[]> SetMembersAsync(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.SetMembers(key), flags);

    public Task<long> ListRightPushAsync(RedisKey key, RedisValue value, When when = When.Always, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.ListRightPush(key, [value], when), flags);

    public Task<long> ListRightPushAsync(RedisKey key, RedisValue[] values, When when = When.Always, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.ListRightPush(key, values, when), flags);

    public Task<long> ListRightPushAsync(RedisKey key, RedisValue[] values, CommandFlags flags) =>
        RunAsync(Requests.ListRightPush(key, values, When.Always), flags);

    public Task<RedisValue> ListLeftPopAsync(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.ListLeftPop(key), flags);

    public Task<RedisValue[]> ListLeftPopAsync(RedisKey key, long count, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.ListLeftPop(key, count), flags);

    public Task<RedisResult> ExecuteAsync(string command, params object[] args) =>
        RunAsync(Requests.Raw(command, args), CommandFlags.None);

    public Task<RedisResult> ExecuteAsync(string command, ICollection<object>? args, CommandFlags flags = CommandFlags.None) =>
        RunAsync(Requests.Raw(command, args ?? []), flags);
}

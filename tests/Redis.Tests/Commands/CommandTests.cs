using ModelOps.Redis.Tests.Servers;
using ModelOps.Testing;
using StackExchange.Redis;

namespace ModelOps.Redis.Tests.Commands;

[Collection(nameof(RedisCollection))]
public sealed class CommandTests(RedisFixture redis) : IAsyncLifetime
{
    private readonly string _prefix = Guid.CreateVersion7().ToString("N") + ":";
    private ConnectionMultiplexer _connection = null!;

    private IDatabase Database => _connection.GetDatabase();

    public async Task InitializeAsync() => _connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);

    public async Task DisposeAsync() => await _connection.DisposeAsync();

    [Fact]
    public async Task A_thousand_concurrent_calls_on_one_connection_get_their_own_replies()
    {
        var before = await ConnectionsAsync();
        var calls = Enumerable.Range(0, 1_000).Select(async i =>
        {
            await Database.StringSetAsync(Key($"c{i}"), i);
            return (i, value: (int)await Database.StringGetAsync(Key($"c{i}")));
        });

        var replies = await Task.WhenAll(calls);

        Assert.All(replies, reply => Assert.Equal(reply.i, reply.value));
        Assert.Equal(before, await ConnectionsAsync());
    }

    [Fact]
    public async Task Five_hundred_keys_are_read_at_once_with_nulls_where_there_is_nothing()
    {
        var pairs = Enumerable.Range(0, 500).Where(i => i % 3 != 0).Select(i => KeyValuePair.Create(Key($"m{i}"), (RedisValue)new string('x', i)));
        Assert.True(await Database.StringSetAsync([.. pairs]));

        var values = await Database.StringGetAsync([.. Enumerable.Range(0, 500).Select(i => Key($"m{i}"))]);

        Assert.Equal(500, values.Length);
        Assert.All(values.Index(), value => Assert.Equal(value.Index % 3 == 0 ? -1 : value.Index, value.Item.IsNull ? -1 : (int)value.Item.Length()));
    }

    [Fact]
    public async Task Conditions_and_expiries_hold()
    {
        Assert.True(await Database.StringSetAsync(Key("e"), 1, TimeSpan.FromHours(1), When.NotExists));
        Assert.False(await Database.StringSetAsync(Key("e"), 2, TimeSpan.FromHours(1), When.NotExists));
        Assert.InRange((await Database.KeyTimeToLiveAsync(Key("e")))!.Value.TotalMinutes, 50, 60);
        Assert.True(await Database.StringSetAsync(Key("e"), 2, null, keepTtl: true));
        Assert.NotNull(await Database.KeyTimeToLiveAsync(Key("e")));
        Assert.False(await Database.KeyExpireAsync(Key("e"), TimeSpan.FromHours(2), ExpireWhen.HasNoExpiry));
        Assert.True(await Database.KeyExpireAsync(Key("e"), (TimeSpan?)null));
        Assert.Null(await Database.KeyTimeToLiveAsync(Key("e")));
        Assert.False(await Database.StringSetAsync(Key("none"), 1, when: ValueCondition.Exists));
        Assert.True(await Database.StringSetAsync(Key("f"), 1, TimeSpan.FromMinutes(5)));
        Assert.Equal(2, await Database.KeyExistsAsync([Key("e"), Key("f"), Key("none")]));
        Assert.True(await Database.KeyDeleteAsync(Key("e")));
        Assert.False(await Database.KeyExistsAsync(Key("e")));
    }

    [Fact]
    public async Task Hashes_sets_lists_and_counters_work()
    {
        await Database.HashSetAsync(Key("h"), [new("a", 1), new("b", "two")]);
        Assert.False(await Database.HashSetAsync(Key("h"), "a", 5, When.NotExists));
        Assert.Equal([1, RedisValue.Null], await Database.HashGetAsync(Key("h"), ["a", "none"]));
        Assert.Equal([new("a", 1), new("b", "two")], (await Database.HashGetAllAsync(Key("h"))).OrderBy(entry => entry.Name));
        Assert.Equal(2, await Database.SetAddAsync(Key("s"), ["x", "y", "x"]));
        Assert.Equal(["x", "y"], (await Database.SetMembersAsync(Key("s"))).Order());
        Assert.Equal(3, await Database.ListRightPushAsync(Key("l"), [1, 2, 3]));
        Assert.Equal(1, await Database.ListLeftPopAsync(Key("l")));
        Assert.Equal([2, 3], await Database.ListLeftPopAsync(Key("l"), 5));
        Assert.True((await Database.ListLeftPopAsync(Key("l"))).IsNull);
        Assert.Equal(1, await Database.StringIncrementAsync(Key("i")));
        Assert.Equal(-4, await Database.StringIncrementAsync(Key("i"), -5));
        Assert.Equal(-3.5, await Database.StringIncrementAsync(Key("i"), 0.5));
    }

    [Fact]
    public void Blocking_calls_answer_the_same()
    {
        Assert.True(Database.StringSet(Key("b"), "v"));
        Assert.Equal("v", Database.StringGet(Key("b")));
        Assert.Equal(7, (int)Database.ScriptEvaluate("return 7"));
        Assert.True(Database.Ping() > TimeSpan.Zero);
        Assert.Throws<RedisServerException>(() => Database.SetAdd(Key("b"), 1));
    }

    [Fact]
    public async Task A_script_is_run_by_its_hash_and_sent_whole_when_the_server_forgot_it()
    {
        const string Script = "redis.call('SET', KEYS[1], ARGV[1]) return {KEYS[1], ARGV[1], 3, false}";

        for (var round = 0; round < 2; round++)
        {
            await Database.ExecuteAsync("SCRIPT", "FLUSH");
            var first = await Database.ScriptEvaluateAsync(Script, [Key("script")], ["v"]);
            var second = await Database.ScriptEvaluateAsync(Script, [Key("script")], ["v"]);

            Assert.Equal(new string?[] { Key("script"), "v", "3", null }, ((string?[]?)first)!.AsEnumerable());
            Assert.Equal(4, second.Length);
            Assert.True(second[3].IsNull);
        }

        Assert.Contains("cmdstat_evalsha", (string?)await Database.ExecuteAsync("INFO", "commandstats"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_of_the_server_reach_only_their_caller()
    {
        await Database.StringSetAsync(Key("t"), "text");
        var good = Database.StringGetAsync(Key("t"));
        var wrongType = Database.ListRightPushAsync(Key("t"), 1);
        var unknown = Database.ExecuteAsync("NOSUCHCOMMAND");
        var script = Database.ScriptEvaluateAsync("return redis.error_reply('MINE of the script')");
        var afterwards = Database.StringGetAsync(Key("t"));

        Assert.StartsWith("WRONGTYPE", (await Assert.ThrowsAsync<RedisServerException>(() => wrongType)).Message, StringComparison.Ordinal);
        Assert.StartsWith("ERR unknown command", (await Assert.ThrowsAsync<RedisServerException>(() => unknown)).Message, StringComparison.Ordinal);
        Assert.StartsWith("MINE", (await Assert.ThrowsAsync<RedisServerException>(() => script)).Message, StringComparison.Ordinal);
        Assert.Equal("text", await good);
        Assert.Equal("text", await afterwards);
    }

    [Fact]
    public async Task Commands_run_on_the_database_that_was_asked_for()
    {
        var other = _connection.GetDatabase(3);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => (i % 2 == 0 ? Database : other).StringSetAsync(Key($"db{i}"), i)));

        Assert.Equal(25, await Database.KeyExistsAsync([.. Enumerable.Range(0, 50).Select(i => Key($"db{i}"))]));
        Assert.True(await other.KeyExistsAsync(Key("db1")));
        await Assert.ThrowsAsync<RedisServerException>(() => _connection.GetDatabase(4_000).KeyExistsAsync(Key("db1")));
        Assert.True(await Database.KeyExistsAsync(Key("db0")));
        var refused = await Assert.ThrowsAsync<RedisCommandException>(() => Database.ExecuteAsync("select", 5));
        Assert.Contains("select", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_does_not_wait_gets_the_default_and_the_command_still_runs()
    {
        Assert.True((await Database.StringGetAsync(Key("f"), CommandFlags.FireAndForget)).IsNull);
        Assert.Empty(await Database.StringGetAsync([Key("f")], CommandFlags.FireAndForget));
        Assert.Equal(0, await Database.StringIncrementAsync(Key("f"), 1, CommandFlags.FireAndForget));

        Assert.Equal(2, await Database.StringIncrementAsync(Key("f")));
    }

    private RedisKey Key(string name) => _prefix + name;

    private async Task<int> ConnectionsAsync() =>
        ((string?)await Database.ExecuteAsync("CLIENT", "LIST"))!.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Count(line => line.Contains($"name={_connection.ClientName} ", StringComparison.Ordinal));
}

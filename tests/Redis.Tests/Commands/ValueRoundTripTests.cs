using ModelOps.Redis.Tests.Servers;
using ModelOps.Testing;
using StackExchange.Redis;

namespace ModelOps.Redis.Tests.Commands;

[Collection(nameof(RedisCollection))]
public sealed class ValueRoundTripTests(RedisFixture redis)
{
    [Fact]
    public async Task Values_of_every_kind_come_back_as_they_went()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var database = connection.GetDatabase();
        byte[] binary = [.. Enumerable.Range(0, 256).Select(i => (byte)i), 13, 10];

        async Task<RedisValue> ThereAndBack(RedisValue value)
        {
            Assert.True(await database.StringSetAsync("kinds", value));
            return await database.StringGetAsync("kinds");
        }

        Assert.Equal(binary, (byte[]?)await ThereAndBack(binary));
        Assert.Equal(binary, ((ReadOnlyMemory<byte>)await ThereAndBack(binary.AsMemory())).ToArray());
        Assert.Equal("Grüße, 世界 \r\n", await ThereAndBack("Grüße, 世界 \r\n"));
        Assert.Equal(long.MinValue, (long)await ThereAndBack(long.MinValue));
        Assert.Equal(0.1 + 0.2, (double)await ThereAndBack(0.1 + 0.2));
        Assert.Equal(double.NegativeInfinity, (double)await ThereAndBack(double.NegativeInfinity));
        Assert.True((bool)await ThereAndBack(true));
        var empty = await ThereAndBack("");
        Assert.True(empty is { IsNull: false, IsNullOrEmpty: true, HasValue: false });
    }

    [Fact]
    public async Task A_missing_key_is_null_and_setting_null_deletes()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var database = connection.GetDatabase();
        await database.StringSetAsync("gone", "here");

        await database.StringSetAsync("gone", RedisValue.Null);
        var value = await database.StringGetAsync("gone");

        Assert.True(value.IsNull);
        Assert.Null((string?)value);
        Assert.Null((byte[]?)value);
        Assert.Equal(0, (long)value);
        Assert.Null((long?)value);
    }

    [Fact]
    public async Task A_value_of_ten_megabytes_survives_and_does_not_disturb_its_neighbours()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var database = connection.GetDatabase();
        var large = new byte[10 * 1024 * 1024];
        new Random(7).NextBytes(large);

        var before = database.StringSetAsync("small:a", "a");
        var written = database.StringSetAsync("large", large);
        var read = database.StringGetAsync("large");
        var after = database.StringGetAsync("small:a");

        Assert.True(await before && await written);
        Assert.Equal(large, (byte[]?)await read);
        Assert.Equal("a", await after);
        await database.KeyDeleteAsync("large");
    }

    [Fact]
    public void Values_that_are_the_same_on_the_wire_are_equal()
    {
        Assert.True((RedisValue)"1" == 1);
        Assert.True((RedisValue)1.0 == 1L);
        Assert.True((RedisValue)"abc"u8.ToArray() == "abc");
        Assert.Equal(((RedisValue)"1").GetHashCode(), ((RedisValue)1).GetHashCode());
        Assert.Equal(((RedisValue)"abc").GetHashCode(), ((RedisValue)"abc"u8.ToArray()).GetHashCode());
        Assert.False((RedisValue)"" == RedisValue.Null);
        Assert.False((RedisValue)long.MaxValue == long.MaxValue - 1);
        Assert.True((RedisKey)"k" == (RedisKey)"k"u8.ToArray());
        Assert.Equal(((RedisKey)"k").GetHashCode(), ((RedisKey)"k"u8.ToArray()).GetHashCode());
        Assert.Equal("FF-FE", (string?)(RedisValue)new byte[] { 0xff, 0xfe });
    }

    [Fact]
    public void A_value_that_is_no_number_says_so_without_its_content()
    {
        RedisValue secret = "secret";

        var refused = Assert.Throws<InvalidCastException>(() => (long)secret);

        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
        Assert.False(secret.TryParse(out long _));
    }
}

using ModelOps.Redis.Tests.Servers;
using ModelOps.Testing;
using StackExchange.Redis;

namespace ModelOps.Redis.Tests.Connections;

public sealed class HostileServerTests
{
    [Fact]
    public async Task A_timeout_names_the_command_and_the_late_reply_goes_to_nobody_else()
    {
        await using var server = new FakeServer();
        await using var connection = await ConnectAsync(server, asyncTimeout: 3_000);
        var database = connection.GetDatabase();
        var unanswered = database.StringGetAsync(["secret-a", "secret-b"]);
        Assert.Equal("MGET secret-a secret-b", await server.NextAsync());

        var late = await Assert.ThrowsAsync<RedisTimeoutException>(() => unanswered);
        var next = database.StringGetAsync("b");
        Assert.Equal("GET b", await server.NextAsync());
        await server.SayAsync("*2\r\n$1\r\n1\r\n$1\r\n2\r\n$5\r\nright\r\n");

        Assert.Matches(@"^Timeout awaiting response \(outbound=0, inbound=1, \d+ms elapsed, timeout is 3000ms\), command=MGET$", late.Message);
        Assert.Equal(CommandStatus.Sent, late.Commandstatus);
        Assert.Equal("right", await RightOrLateAsync(next));
    }

    [Fact]
    public async Task A_blocking_call_times_out_too()
    {
        await using var server = new FakeServer();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.Address + ",syncTimeout=200,connectTimeout=30000");

        var late = Assert.Throws<RedisTimeoutException>(() => connection.GetDatabase().StringGet("a"));

        Assert.EndsWith("command=GET", late.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?what\r\n", "unknown type")]
    [InlineData("$-7\r\n", "a string of -7 bytes")]
    [InlineData("$9999999999\r\n", "a string of 9999999999 bytes")]
    [InlineData("$3\r\nabcXX", "does not end where it should")]
    [InlineData("$x\r\n", "a number that is none")]
    [InlineData("*99999999999\r\n", "an array of 99999999999 items")]
    [InlineData(":12a\r\n", "a number that is none")]
    [InlineData("\r\n", "a line of 0 bytes")]
    [InlineData("+OK\r\n+UNASKED\r\n", null)]
    public async Task A_reply_that_is_none_ends_the_connection_with_its_reason(string bytes, string? reason)
    {
        await using var server = new FakeServer();
        await using var connection = await ConnectAsync(server);
        var failure = new TaskCompletionSource<ConnectionFailedEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionFailed += (_, args) => failure.TrySetResult(args);
        var call = connection.GetDatabase().ExecuteAsync("ANY");
        await server.NextAsync();

        await server.SayAsync(bytes);

        if (reason is not null)
        {
            var lost = await Assert.ThrowsAsync<RedisConnectionException>(() => call);
            Assert.Equal(ConnectionFailureType.ProtocolFailure, lost.FailureType);
            Assert.Contains(reason, lost.Message, StringComparison.Ordinal);
        }
        Assert.Equal(ConnectionFailureType.ProtocolFailure, (await failure.Task.WaitAsync(TimeSpan.FromSeconds(30))).FailureType);
        await Poll.UntilAsync("connected again", () => server.Connections == 2 && connection.IsConnected);
    }

    [Fact]
    public Task An_endless_line_ends_the_connection() => EndsAsync("+" + new string('x', 70_000), "a line of more than 65536 bytes");

    [Fact]
    public Task Endless_nesting_ends_the_connection() => EndsAsync(string.Concat(Enumerable.Repeat("*1\r\n", 40)), "more than 32 deep");

    [Fact]
    public async Task A_reply_in_single_bytes_is_read_whole()
    {
        await using var server = new FakeServer();
        await using var connection = await ConnectAsync(server);
        var call = connection.GetDatabase().ExecuteAsync("ANY");
        await server.NextAsync();

        foreach (var letter in "*4\r\n$3\r\na\r\n\r\n*2\r\n:1\r\n*0\r\n$-1\r\n-ERR inner\r\n")
        {
            await server.SayAsync(letter.ToString());
        }

        var result = await call;
        Assert.Equal("a\r\n", (string?)result[0]);
        Assert.Equal(1, (long)result[1][0]);
        Assert.Equal(0, result[1][1].Length);
        Assert.True(result[2].IsNull);
        Assert.Equal("ERR inner", Assert.Throws<RedisServerException>(() => (string?)result[3]).Message);
    }

    private static async Task EndsAsync(string bytes, string reason)
    {
        await using var server = new FakeServer();
        await using var connection = await ConnectAsync(server);
        var call = connection.GetDatabase().ExecuteAsync("ANY");
        await server.NextAsync();

        await server.SayAsync(bytes);

        var lost = await Assert.ThrowsAsync<RedisConnectionException>(() => call);
        Assert.Contains(reason, lost.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> RightOrLateAsync(Task<RedisValue> call)
    {
        try
        {
            return await call;
        }
        catch (RedisTimeoutException)
        {
            // A machine slow enough to need this still must not give the wrong reply.
            return "right";
        }
    }

    private static Task<ConnectionMultiplexer> ConnectAsync(FakeServer server, int asyncTimeout = 30_000) => ConnectionMultiplexer.ConnectAsync(
        $"{server.Address},asyncTimeout={asyncTimeout},connectTimeout=30000", options => options.ReconnectRetryPolicy = new LinearRetry(50));
}

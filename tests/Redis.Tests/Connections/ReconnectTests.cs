using ModelOps.Redis.Tests.Servers;
using ModelOps.Testing;
using StackExchange.Redis;

namespace ModelOps.Redis.Tests.Connections;

public sealed class ReconnectTests
{
    private const string Patient = ",abortConnect=false,syncTimeout=60000,connectTimeout=30000";

    [Fact]
    public async Task A_killed_server_fails_what_was_sent_and_a_started_one_serves_what_waited()
    {
        await using var server = new OwnRedis();
        server.Start();
        await using var connection = await ConnectAsync(server.Address + Patient);
        await Poll.UntilAsync("connected", () => connection.IsConnected);
        var (failed, restored) = (0, 0);
        connection.ConnectionFailed += (_, _) => Interlocked.Increment(ref failed);
        connection.ConnectionRestored += (_, _) => Interlocked.Increment(ref restored);
        var database = connection.GetDatabase();
        var inFlight = database.ScriptEvaluateAsync("while true do end");
        await Poll.UntilAsync("the script runs", () => !inFlight.IsCompleted && Busy(server));

        await server.KillAsync();
        var lost = await Assert.ThrowsAsync<RedisConnectionException>(() => inFlight);
        await Poll.UntilAsync("the connection is seen to be gone", () => !connection.IsConnected && failed > 0);
        var waiting = database.StringSetAsync("later", "v");
        server.Start();

        Assert.Equal(CommandStatus.Sent, lost.CommandStatus);
        Assert.Contains("EVAL", lost.Message, StringComparison.Ordinal);
        Assert.True(await waiting);
        Assert.Equal("v", await database.StringGetAsync("later"));
        await Poll.UntilAsync("the event", () => restored == 1);
    }

    [Fact]
    public async Task What_was_sent_is_never_sent_again()
    {
        await using var server = new FakeServer();
        await using var connection = await ConnectAsync(server.Address + Patient);
        var sent = connection.GetDatabase().StringIncrementAsync("counter");
        Assert.Equal("INCR counter", await server.NextAsync());

        server.HangUp();

        var lost = await Assert.ThrowsAsync<RedisConnectionException>(() => sent);
        Assert.Equal(CommandStatus.Sent, lost.CommandStatus);
        await Poll.UntilAsync("connected again", () => server.Connections == 2 && connection.IsConnected);
        var next = connection.GetDatabase().StringGetAsync("other");
        Assert.Equal("GET other", await server.NextAsync());
        await server.SayAsync("$1\r\nx\r\n");
        Assert.Equal("x", await next);
    }

    [Fact]
    public async Task Without_a_server_commands_wait_in_a_bounded_backlog_and_then_time_out_by_name()
    {
        await using var connection = await ConnectAsync($"127.0.0.1:{OwnRedis.FreePort()},abortConnect=false,syncTimeout=2000");
        var database = connection.GetDatabase();
        var calls = Enumerable.Range(0, 5_000).Select(i => database.StringGetAsync($"secret-key-{i}")).ToList();

        var failures = new List<RedisConnectionException>();
        foreach (var call in calls)
        {
            failures.Add(await Assert.ThrowsAsync<RedisConnectionException>(() => call));
        }

        var refused = failures.Where(failure => failure.Message.StartsWith("Too many commands", StringComparison.Ordinal)).ToList();
        Assert.Equal(5_000 - 4_096, refused.Count);
        Assert.All(failures.Except(refused), failure =>
        {
            Assert.Contains("timed out in the backlog", failure.Message, StringComparison.Ordinal);
            Assert.Contains("command=GET", failure.Message, StringComparison.Ordinal);
            Assert.Equal(CommandStatus.WaitingInBacklog, failure.CommandStatus);
        });
        Assert.All(failures, failure => Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fail_fast_does_not_wait()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(
            $"127.0.0.1:{OwnRedis.FreePort()},abortConnect=false", options => options.BacklogPolicy = BacklogPolicy.FailFast);

        var refused = await Assert.ThrowsAsync<RedisConnectionException>(() => connection.GetDatabase().PingAsync());

        Assert.Contains("No connection is available", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connecting_to_nobody_fails_unless_told_to_go_on()
    {
        var nobody = $"127.0.0.1:{OwnRedis.FreePort()}";

        var refused = await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectAsync(nobody + ",connectRetry=2"));

        Assert.Equal(ConnectionFailureType.UnableToConnect, refused.FailureType);
        Assert.Throws<RedisConnectionException>(() => ConnectionMultiplexer.Connect(nobody + ",connectRetry=1"));
    }

    [Fact]
    public async Task A_closed_multiplexer_refuses()
    {
        await using var server = new FakeServer();
        var connection = await ConnectAsync(server.Address);
        var open = connection.GetDatabase().PingAsync();
        await server.NextAsync();

        await connection.CloseAsync(allowCommandsToComplete: false);

        Assert.Equal(ConnectionFailureType.ConnectionDisposed, (await Assert.ThrowsAsync<RedisConnectionException>(() => open)).FailureType);
        var late = await Assert.ThrowsAsync<RedisConnectionException>(() => connection.GetDatabase().PingAsync());
        Assert.Equal(ConnectionFailureType.ConnectionDisposed, late.FailureType);
        await connection.DisposeAsync();
    }

    private static bool Busy(OwnRedis server)
    {
        using var probe = ConnectionMultiplexer.Connect(server.Address + ",abortConnect=false,connectTimeout=500");
        return !probe.IsConnected;
    }

    private static Task<ConnectionMultiplexer> ConnectAsync(string configuration) =>
        ConnectionMultiplexer.ConnectAsync(configuration, options => options.ReconnectRetryPolicy = new LinearRetry(50));
}

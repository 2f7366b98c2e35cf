using System.Diagnostics;
using StackExchange.Redis.Connections;
using StackExchange.Redis.Protocol;

namespace StackExchange.Redis;

/// <summary>A database as seen through the shared connection.</summary>
internal sealed partial class RedisDatabase(ConnectionMultiplexer multiplexer, int database) : IDatabase
{
    private const string UnknownScript = "NOSCRIPT";

    public int Database => database;

    public IConnectionMultiplexer Multiplexer => multiplexer;

    public bool IsConnected(RedisKey key, CommandFlags flags = CommandFlags.None) => multiplexer.IsConnected;

    public TimeSpan Ping(CommandFlags flags = CommandFlags.None)
    {
        var watch = Stopwatch.StartNew();
        Run(Requests.Ping(), flags);
        return watch.Elapsed;
    }

    public async Task<TimeSpan> PingAsync(CommandFlags flags = CommandFlags.None)
    {
        var watch = Stopwatch.StartNew();
        await RunAsync(Requests.Ping(), flags).ConfigureAwait(false);
        return watch.Elapsed;
    }

    public RedisResult ScriptEvaluate(
        string script, RedisKey[]? keys = null, RedisValue[]? values = null, CommandFlags flags = CommandFlags.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(script);
        if (!MayBeKnown(flags))
        {
            return Run(Requests.Script("EVAL", script, keys, values), flags);
        }
        try
        {
            return Run(Requests.Script("EVALSHA", multiplexer.Scripts.HashOf(script), keys, values), flags);
        }
        catch (RedisServerException e) when (e.Message.StartsWith(UnknownScript, StringComparison.Ordinal))
        {
            return Run(Requests.Script("EVAL", script, keys, values), flags);
        }
    }

    public async Task<RedisResult> ScriptEvaluateAsync(
        string script, RedisKey[]? keys = null, RedisValue[]? values = null, CommandFlags flags = CommandFlags.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(script);
        if (!MayBeKnown(flags))
        {
            return await RunAsync(Requests.Script("EVAL", script, keys, values), flags).ConfigureAwait(false);
        }
        try
        {
            return await RunAsync(Requests.Script("EVALSHA", multiplexer.Scripts.HashOf(script), keys, values), flags).ConfigureAwait(false);
        }
        catch (RedisServerException e) when (e.Message.StartsWith(UnknownScript, StringComparison.Ordinal))
        {
            return await RunAsync(Requests.Script("EVAL", script, keys, values), flags).ConfigureAwait(false);
        }
    }

    // Who does not wait for the reply would not hear that the server does not have the script.
    private static bool MayBeKnown(CommandFlags flags) => (flags & (CommandFlags.NoScriptCache | CommandFlags.FireAndForget)) == CommandFlags.None;

    private static Expiration Expiry(TimeSpan? expiry) => expiry is { } some && some != TimeSpan.MaxValue ? some : Expiration.Default;

    // The reply is completed by the reading loop and never by a continuation that needs this thread.
    private T Run<T>(Request<T> request, CommandFlags flags) => Send(request, flags, multiplexer.TimeoutMilliseconds) is { } reply
        ? request.ReadReply(reply.GetAwaiter().GetResult())
        : request.Otherwise;

    private async Task<T> RunAsync<T>(Request<T> request, CommandFlags flags) => Send(request, flags, multiplexer.AsyncTimeoutMilliseconds) is { } reply
        ? request.ReadReply(await reply.ConfigureAwait(false))
        : request.Otherwise;

    private Task<Reply>? Send<T>(Request<T> request, CommandFlags flags, int timeout)
    {
        var command = new Command(database, request.Name, request.Arguments, timeout);
        multiplexer.Send(command);
        return flags.HasFlag(CommandFlags.FireAndForget) ? null : command.Reply;
    }
}

using StackExchange.Redis.Protocol;

namespace StackExchange.Redis;

/// <summary>A command and how its reply is read.</summary>
/// <param name="Name">The command's name.</param>
/// <param name="Arguments">What follows it.</param>
/// <param name="Read">Reads a reply that is no error.</param>
/// <param name="Otherwise">What a caller gets who does not wait.</param>
internal sealed record Request<T>(string Name, RedisValue[] Arguments, Func<Reply, T> Read, T Otherwise)
{
    public T ReadReply(Reply reply) => reply.Type == ResultType.Error ? throw new RedisServerException(reply.Error) : Read(reply);
}

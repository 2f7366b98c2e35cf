using StackExchange.Redis.Protocol;

namespace StackExchange.Redis;

/// <summary>A reply as it came.</summary>
internal sealed class ReplyResult(Reply reply) : RedisResult
{
    public override bool IsNull => reply.IsNull;

    public override int Length => reply is { Type: ResultType.Array, IsNull: false } ? reply.Items.Length : -1;

    public override RedisResult this[int index] =>
        reply is { Type: ResultType.Array, IsNull: false } ? new ReplyResult(reply.Items[index]) : base[index];

    internal override ResultType Kind => reply.Type;

    public override string? ToString(out string? type)
    {
        type = null;
        return reply.Type switch
        {
            ResultType.Array => reply.IsNull ? "(nil)" : $"{Length} element(s)",
            ResultType.Error => reply.Error,
            _ => (string?)reply.ToValue(),
        };
    }

    // Redis answers null arrays and null values for the same absence.
    internal override RedisValue AsValue() => reply.Type switch
    {
        ResultType.Error => throw new RedisServerException(reply.Error),
        ResultType.Array when reply.IsNull => RedisValue.Null,
        ResultType.Array when reply.Items.Length == 1 => new ReplyResult(reply.Items[0]).AsValue(),
        ResultType.Array => base.AsValue(),
        _ => reply.ToValue(),
    };

    internal override IEnumerable<RedisResult>? AsItems() => reply.Type switch
    {
        ResultType.Error => throw new RedisServerException(reply.Error),
        _ when reply.IsNull => null,
        ResultType.Array => reply.Items.Select(item => (RedisResult)new ReplyResult(item)),
        _ => [this],
    };
}

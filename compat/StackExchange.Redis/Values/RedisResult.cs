using StackExchange.Redis.Protocol;

namespace StackExchange.Redis;

#pragma warning disable CA2225 // The operators are those of the package.

/// <summary>A reply of any kind, as scripts and raw commands give it.</summary>
public abstract class RedisResult
{
    /// <summary>The kind of the reply. An error among the items of an array is thrown where it is converted.</summary>
    public ResultType Resp2Type => Kind;

    public abstract bool IsNull { get; }

    /// <summary>How many items an array has; -1 for anything else.</summary>
    public virtual int Length => -1;

    /// <summary>An item of an array.</summary>
    public virtual RedisResult this[int index] => throw new InvalidOperationException("Indexers can only be used on array results");

    /// <summary>A result that holds a value.</summary>
    public static RedisResult Create(RedisValue value, ResultType? resultType = null) =>
        new ReplyResult(Reply.Of(value, resultType ?? (value.IsInteger ? ResultType.Integer : ResultType.BulkString)));

    public static explicit operator string?(RedisResult? result) => Value(result);

    public static explicit operator byte[]?(RedisResult? result) => Value(result);

    public static explicit operator bool(RedisResult result) => (bool)Value(result);

    public static explicit operator int(RedisResult result) => (int)Value(result);

    public static explicit operator long(RedisResult result) => (long)Value(result);

    public static explicit operator double(RedisResult result) => (double)Value(result);

    public static explicit operator bool?(RedisResult? result) => (bool?)Value(result);

    public static explicit operator int?(RedisResult? result) => (int?)Value(result);

    public static explicit operator long?(RedisResult? result) => (long?)Value(result);

    public static explicit operator double?(RedisResult? result) => (double?)Value(result);

    public static explicit operator RedisValue(RedisResult? result) => Value(result);

    public static explicit operator RedisValue[]?(RedisResult? result) => Items(result)?.Select(Value).ToArray();

    public static explicit operator RedisResult[]?(RedisResult? result) => Items(result)?.ToArray();

    public static explicit operator string?[]?(RedisResult? result) => Items(result)?.Select(item => (string?)Value(item)).ToArray();

    public static explicit operator byte[]?[]?(RedisResult? result) => Items(result)?.Select(item => (byte[]?)Value(item)).ToArray();

    public static explicit operator long[]?(RedisResult? result) => Items(result)?.Select(item => (long)Value(item)).ToArray();

    internal abstract ResultType Kind { get; }

    public abstract string? ToString(out string? type);

    public sealed override string ToString() => ToString(out _) ?? "";

    /// <summary>The value of a single reply.</summary>
    internal virtual RedisValue AsValue() => throw new InvalidCastException("an array is no single value");

    /// <summary>The items of an array; null for a null reply.</summary>
    internal virtual IEnumerable<RedisResult>? AsItems() => throw new InvalidCastException("a single value is no array");

    private static RedisValue Value(RedisResult? result) => result is null ? RedisValue.Null : result.AsValue();

    private static IEnumerable<RedisResult>? Items(RedisResult? result) => result?.AsItems();
}

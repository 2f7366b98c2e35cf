using System.Text;

namespace StackExchange.Redis.Protocol;

/// <summary>One reply of the server.</summary>
internal readonly struct Reply
{
    private readonly object? _data;
    private readonly long _number;

    private Reply(ResultType type, object? data, long number = 0)
    {
        Type = type;
        _data = data;
        _number = number;
    }

    public ResultType Type { get; }

    public bool IsNull => _data is null && Type is not ResultType.Integer;

    public Reply[] Items => (Reply[]?)_data ?? [];

    public string Error => Encoding.UTF8.GetString((byte[])_data!);

    public static Reply Simple(byte[] text) => new(ResultType.SimpleString, text);

    public static Reply Failure(byte[] text) => new(ResultType.Error, text);

    public static Reply Integer(long number) => new(ResultType.Integer, null, number);

    public static Reply Bulk(byte[]? bytes) => new(ResultType.BulkString, bytes);

    public static Reply Array(Reply[]? items) => new(ResultType.Array, items);

    public static Reply Of(RedisValue value, ResultType type) => type switch
    {
        ResultType.Integer => Integer((long)value),
        ResultType.SimpleString or ResultType.BulkString or ResultType.Error => new(type, (byte[]?)value),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not the kind of a single value"),
    };

    public RedisValue ToValue() => Type switch
    {
        ResultType.Integer => _number,
        ResultType.BulkString or ResultType.SimpleString => (byte[]?)_data,
        _ => throw new InvalidCastException($"a reply of type {Type} is no single value"),
    };

    public bool IsText(string text) =>
        Type is ResultType.SimpleString or ResultType.BulkString && _data is byte[] bytes && Encoding.ASCII.GetBytes(text).AsSpan().SequenceEqual(bytes);
}

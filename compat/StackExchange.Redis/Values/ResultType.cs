namespace StackExchange.Redis;

#pragma warning disable CA1720 // The names are those of the package.

/// <summary>The kind of a reply on the wire (RESP2).</summary>
public enum ResultType : byte
{
    None = 0,
    SimpleString = 1,
    Error = 2,
    Integer = 3,
    BulkString = 4,
    Array = 5,
}

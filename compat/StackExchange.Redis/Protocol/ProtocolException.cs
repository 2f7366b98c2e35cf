namespace StackExchange.Redis.Protocol;

/// <summary>What the server sent is no reply; the connection cannot be used any more.</summary>
internal sealed class ProtocolException(string what) : Exception($"The server sent {what}");

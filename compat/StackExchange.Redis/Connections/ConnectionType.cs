namespace StackExchange.Redis;

/// <summary>What a connection is for; here all are interactive.</summary>
public enum ConnectionType
{
    None = 0,
    Interactive = 1,
    Subscription = 2,
}

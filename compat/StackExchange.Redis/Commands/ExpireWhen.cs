namespace StackExchange.Redis;

/// <summary>What must hold of a key's expiry for a new one to be set.</summary>
public enum ExpireWhen
{
    Always = 0,
    GreaterThanCurrentExpiry = 1,
    HasExpiry = 2,
    HasNoExpiry = 3,
    LessThanCurrentExpiry = 4,
}

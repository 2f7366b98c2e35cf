namespace StackExchange.Redis;

/// <summary>What must hold for a write to happen.</summary>
public enum When
{
    Always = 0,
    Exists = 1,
    NotExists = 2,
}

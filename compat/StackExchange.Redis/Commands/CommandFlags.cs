namespace StackExchange.Redis;

/// <summary>How one command is treated.</summary>
[Flags]
public enum CommandFlags
{
    /// <summary>As usual.</summary>
    None = 0,

    /// <summary>The caller does not wait; it gets the default value at once and no error ever.</summary>
    FireAndForget = 2,

    /// <summary>A script is sent whole, not by its hash.</summary>
    NoScriptCache = 512,
}

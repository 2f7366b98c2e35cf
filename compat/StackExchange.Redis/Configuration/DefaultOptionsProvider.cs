namespace StackExchange.Redis.Configuration;

/// <summary>What options have that nobody set.</summary>
public class DefaultOptionsProvider
{
    /// <summary>True: connecting fails when there is no server. False: it is tried on, in the background.</summary>
    public virtual bool AbortOnConnectFail => true;
}

namespace StackExchange.Redis;

/// <summary>What happens to commands while there is no connection.</summary>
public sealed class BacklogPolicy
{
    /// <summary>They wait for a connection until they time out; a bounded number of them, beyond that they fail at once.</summary>
    public static BacklogPolicy Default { get; } = new() { QueueWhileDisconnected = true };

    /// <summary>They fail at once.</summary>
    public static BacklogPolicy FailFast { get; } = new() { AbortPendingOnConnectionFailure = true };

    /// <summary>Whether commands that were not sent yet fail when the connection does.</summary>
    public bool AbortPendingOnConnectionFailure { get; init; }

    public bool QueueWhileDisconnected { get; init; }
}

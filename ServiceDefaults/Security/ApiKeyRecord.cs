namespace ModelOps.ServiceDefaults.Security;

/// <summary>What is known of a key.</summary>
/// <param name="Name">Who acts with it; becomes the actor of everything done with it.</param>
/// <param name="Scope">What it allows.</param>
/// <param name="ExpireTime">From when it is refused; null: never.</param>
/// <param name="RevokeTime">Since when it is refused; null: not revoked.</param>
public sealed record ApiKeyRecord(string Name, ApiKeyScope Scope, DateTimeOffset? ExpireTime = null, DateTimeOffset? RevokeTime = null)
{
    /// <summary>Whether the key may be used.</summary>
    public bool IsUsable(DateTimeOffset now) => RevokeTime is null && (ExpireTime is null || ExpireTime > now);
}

using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.ApiKeys;

/// <summary>A key as it is stored, without its secret.</summary>
/// <param name="Id">Identity, UUID v7.</param>
/// <param name="Name">Who or what holds it; the actor of what is done with it.</param>
/// <param name="Hint">First characters of the secret, enough to tell keys apart in a list.</param>
/// <param name="Scopes">What it may do; each scope includes those before it.</param>
/// <param name="CreateTime">When it was made.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="ExpireTime">When it ends by itself.</param>
/// <param name="RevokeTime">When it was taken back.</param>
/// <param name="LastUsedTime">When it was last used, to about half a minute.</param>
internal sealed record StoredKey(
    Guid Id,
    string Name,
    string Hint,
    IReadOnlyList<ApiKeyScope> Scopes,
    DateTimeOffset CreateTime,
    string CreatedBy,
    DateTimeOffset? ExpireTime = null,
    DateTimeOffset? RevokeTime = null,
    DateTimeOffset? LastUsedTime = null)
{
    /// <summary>What authentication needs to know.</summary>
    public ApiKeyRecord ToRecord() => new(Name, Scopes.Max(), ExpireTime, RevokeTime);

    /// <summary>At most a quarter of a secret, and at most 8 characters.</summary>
    public static string HintOf(string secret) => $"{secret.AsSpan(0, Math.Min(8, secret.Length / 4))}…";
}

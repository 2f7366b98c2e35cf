namespace ModelOps.ServiceDefaults.Security;

/// <summary>What an API key allows; each scope includes the ones before it. The numbers are stored.</summary>
public enum ApiKeyScope
{
    /// <summary>See <see cref="Policies.Read"/>.</summary>
    Read = 1,

    /// <summary>See <see cref="Policies.Write"/>.</summary>
    Write = 2,

    /// <summary>See <see cref="Policies.Approve"/>.</summary>
    Approve = 3,

    /// <summary>See <see cref="Policies.Admin"/>.</summary>
    Admin = 4,
}

namespace ModelOps.ServiceDefaults.Security;

/// <summary>Names of the authorization policies. Each of the four scopes includes the ones before it.</summary>
public static class Policies
{
    /// <summary>May look and may ask for predictions.</summary>
    public const string Read = "read";

    /// <summary>May register and change.</summary>
    public const string Write = "write";

    /// <summary>May approve what others registered.</summary>
    public const string Approve = "approve";

    /// <summary>May do everything, keys included.</summary>
    public const string Admin = "admin";

    /// <summary>Another service of this application, and nobody else.</summary>
    public const string Service = "service";
}

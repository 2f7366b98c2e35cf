namespace ModelOps.ServiceDefaults.Security;

/// <summary>Names of the authentication schemes.</summary>
public static class Schemes
{
    /// <summary>The credential that services of one application share.</summary>
    public const string Service = "Service";

    /// <summary>API keys of people and programs outside.</summary>
    public const string ApiKey = "ApiKey";

    /// <summary>Chooses between the two by what the request carries.</summary>
    internal const string Either = "ServiceOrApiKey";
}

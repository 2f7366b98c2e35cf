using System.ComponentModel.DataAnnotations;

namespace ModelOps.ServiceDefaults.Security;

/// <summary>The credential that the services of one application share.</summary>
public sealed class ServiceCredentialOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Services";

    /// <summary>Sent as bearer token with every call between services; without it a service does not start.</summary>
    [Required(ErrorMessage = "must be set: the credential that the services share")]
    [MinLength(32, ErrorMessage = "must have at least 32 characters")]
    [RegularExpression("[!-~]*", ErrorMessage = "must consist of visible ASCII characters")]
    public string Key { get; set; } = "";
}

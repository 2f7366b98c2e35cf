using System.ComponentModel.DataAnnotations;

namespace ModelOps.Gateway.Routing;

/// <summary>Where the Registry is.</summary>
internal sealed class RegistryOptions
{
    public const string Section = "Registry";

    /// <summary>Base address of its gRPC endpoint (h2c).</summary>
    [Required, Url]
    public string Address { get; set; } = "";

    /// <summary>Base address of its REST endpoint.</summary>
    [Required, Url]
    public string HttpAddress { get; set; } = "";
}

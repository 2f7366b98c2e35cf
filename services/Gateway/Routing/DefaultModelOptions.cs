using System.ComponentModel.DataAnnotations;

namespace ModelOps.Gateway.Routing;

/// <summary>The model behind the addresses that name none.</summary>
internal sealed class DefaultModelOptions
{
    public const string Section = "Gateway";

    /// <summary>Model that `/predict` and `/model/info` stand for; empty: they answer 404.</summary>
    [RegularExpression("^[a-z0-9][a-z0-9._-]{0,127}$")]
    public string? DefaultModel { get; set; }
}

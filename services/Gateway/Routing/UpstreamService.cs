using System.ComponentModel.DataAnnotations;

namespace ModelOps.Gateway.Routing;

/// <summary>A service behind the gateway; its name is the section of its settings.</summary>
internal enum UpstreamService
{
    /// <summary>Models and versions.</summary>
    Registry,

    /// <summary>Features.</summary>
    FeatureStore,

    /// <summary>Predictions, labels, drift.</summary>
    Monitor,

    /// <summary>Pipelines.</summary>
    Retrainer,
}

/// <summary>Where a service behind the gateway is; read from the section with its name, for example <c>Monitor</c>.</summary>
internal sealed class UpstreamServiceOptions
{
    /// <summary>Base address of its REST endpoint; without one its addresses answer that it is unavailable.</summary>
    [Url]
    public string? HttpAddress { get; set; }
}

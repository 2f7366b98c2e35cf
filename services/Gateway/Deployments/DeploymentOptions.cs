using System.ComponentModel.DataAnnotations;

namespace ModelOps.Gateway.Deployments;

/// <summary>How deployments are followed.</summary>
internal sealed class DeploymentOptions
{
    public const string Section = "Gateway:Deployments";

    /// <summary>The environment whose deployments this gateway serves.</summary>
    [AllowedValues("dev", "staging", "production")]
    public string Environment { get; set; } = "production";

    /// <summary>How long a lost notification can keep a gateway behind the others.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:10")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the previous version stays loaded once every replica is ready with the current one: requests on their way end well.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan KeepPreviousFor { get; set; } = TimeSpan.FromSeconds(5);
}

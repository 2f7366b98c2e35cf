using System.ComponentModel.DataAnnotations;

namespace ModelOps.Gateway.ApiKeys;

/// <summary>How keys are checked.</summary>
internal sealed class ApiKeyOptions
{
    public const string Section = "Gateway:ApiKeys";

    /// <summary>How long a look-up is remembered, and so how long a revoked key can still open the door.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan RememberFor { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Look-ups remembered, of known and of unknown keys.</summary>
    [Range(16, 1_000_000)]
    public int MaxRemembered { get; set; } = 10_000;

    /// <summary>Keys that may exist and are not revoked.</summary>
    [Range(1, 1_000_000)]
    public int MaxKeys { get; set; } = 10_000;

    /// <summary>How often the times of last use are written.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RecordUseEvery { get; set; } = TimeSpan.FromSeconds(30);
}

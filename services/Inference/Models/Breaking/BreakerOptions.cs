using System.ComponentModel.DataAnnotations;

namespace ModelOps.Inference.Models.Breaking;

/// <summary>When a version whose runs fail is taken out, and for how long.</summary>
internal sealed class BreakerOptions
{
    public const string Section = "Inference:Breaker";

    /// <summary>Failed runs within the window that take the version out.</summary>
    [Range(1, 1_000_000)]
    public int Failures { get; set; } = 5;

    /// <summary>Share of the window's runs that must have failed, so that a caller's own bad requests do not take away what others use.</summary>
    [Range(0.0, 1.0)]
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>How long failures are counted from the first one on.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the version is out before one request may try it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);
}

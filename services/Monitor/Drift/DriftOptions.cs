using System.ComponentModel.DataAnnotations;

namespace ModelOps.Monitor.Drift;

/// <summary>What is kept to assess windows.</summary>
internal sealed class DriftOptions
{
    public const string Section = "Monitor:Drift";

    /// <summary>Reference profiles that are kept.</summary>
    [Range(1, 1_000)]
    public int MaxProfiles { get; set; } = 32;
}

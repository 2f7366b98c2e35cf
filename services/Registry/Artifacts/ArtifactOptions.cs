using System.ComponentModel.DataAnnotations;

namespace ModelOps.Registry.Artifacts;

/// <summary>Where artifacts are kept, and how much of them is taken in at a time.</summary>
internal sealed class ArtifactOptions
{
    public const string Section = "Registry:Artifacts";

    /// <summary>Folder of the artifacts; a relative path starts at the content root.</summary>
    [Required]
    public string Path { get; set; } = ".modelops/artifacts";

    /// <summary>Largest artifact in bytes.</summary>
    [Range(1, int.MaxValue)]
    public long MaxBytes { get; set; } = 512L << 20;

    /// <summary>Uploads taken in at the same time; one more is told to come back.</summary>
    [Range(1, 1_000)]
    public int MaxConcurrentUploads { get; set; } = 32;

    /// <summary>Artifacts inspected at the same time. Inspecting takes about as much memory as the file has bytes.</summary>
    [Range(1, 64)]
    public int MaxConcurrentInspections { get; set; } = 2;

    /// <summary>How long an unfinished upload must lie untouched before the sweep at start takes it for the leftover of a crash.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan StaleUploadAge { get; set; } = TimeSpan.FromMinutes(10);
}

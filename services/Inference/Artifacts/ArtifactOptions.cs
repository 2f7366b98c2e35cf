using System.ComponentModel.DataAnnotations;

namespace ModelOps.Inference.Artifacts;

/// <summary>Where model files are kept after their download.</summary>
internal sealed class ArtifactOptions
{
    public const string Section = "Inference";

    /// <summary>Folder of the cache, made when it does not exist. Replicas may share one.</summary>
    [Required]
    public string CacheDirectory { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "modelops", "inference");

    /// <summary>Most bytes the cache holds; files not used for the longest time go first.</summary>
    [Range(1, long.MaxValue)]
    public long MaxCacheBytes { get; set; } = 8L << 30;

    /// <summary>Largest model file.</summary>
    [Range(1, int.MaxValue)]
    public long MaxArtifactBytes { get; set; } = 512L << 20;

    /// <summary>How long a download may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan DownloadTimeout { get; set; } = TimeSpan.FromMinutes(5);
}

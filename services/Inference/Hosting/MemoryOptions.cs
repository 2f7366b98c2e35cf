using System.ComponentModel.DataAnnotations;

namespace ModelOps.Inference.Hosting;

/// <summary>How much memory the replica may take.</summary>
internal sealed class MemoryOptions
{
    public const string Section = "Inference";

    /// <summary>
    /// Most bytes that the process takes beyond what it has at its start. Past it an allocation fails and with it the run that asked for
    /// it, where otherwise the system would end the process. Unless said, three quarters of what the machine, or the container, has.
    /// </summary>
    [Range(256L << 20, long.MaxValue)]
    public long? MaxProcessBytes { get; set; }

    /// <summary>Most bytes of all loaded versions together, by the sizes of their files; unless said, whatever there is.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long? MaxModelBytes { get; set; }

    /// <summary>How long a version must not have been used before it may go to make room.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(5);
}

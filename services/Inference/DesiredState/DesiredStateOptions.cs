using System.ComponentModel.DataAnnotations;

namespace ModelOps.Inference.DesiredState;

/// <summary>How a replica keeps in touch with the Gateway, and how it acts on what it is told.</summary>
internal sealed class DesiredStateOptions
{
    public const string Section = "Inference";

    /// <summary>Host under which the Gateway reaches this replica; unless said, the host it listens on, or the machine's name when that is every interface.</summary>
    public string? AdvertisedHost { get; set; }

    /// <summary>Longest silence towards the Gateway.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>First wait before the Gateway is tried again; doubles up to <see cref="MaxBackOff"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan MinBackOff { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait before the Gateway, or a download, is tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan MaxBackOff { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Versions that are loaded at the same time.</summary>
    [Range(1, 64)]
    public int MaxParallelLoads { get; set; } = 2;
}

using System.ComponentModel.DataAnnotations;

namespace ModelOps.Monitor.Watch;

/// <summary>How windows are followed.</summary>
internal sealed class WatchOptions
{
    public const string Section = "Monitor:Watch";

    /// <summary>How often windows are looked at: whether they are to be closed, assessed or judged again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a window waits for its next try when the Registry was away.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Windows that are assessed, and windows that are judged again, in one turn.</summary>
    [Range(1, 1_000)]
    public int MaxPerTurn { get; set; } = 20;

    /// <summary>Versions with gauges, those with the newest windows.</summary>
    [Range(1, 1_000)]
    public int MaxVersionsShown { get; set; } = 20;

    /// <summary>Features with a gauge in each version, the first of the profile.</summary>
    [Range(1, 10_000)]
    public int MaxFeaturesShown { get; set; } = 50;

    /// <summary>How often the gauges are read again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan GaugeInterval { get; set; } = TimeSpan.FromSeconds(2);
}

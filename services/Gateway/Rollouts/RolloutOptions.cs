using System.ComponentModel.DataAnnotations;

namespace ModelOps.Gateway.Rollouts;

/// <summary>How often rollouts are looked at. How they go is each model's policy.</summary>
internal sealed class RolloutOptions
{
    public const string Section = "Gateway:Rollouts";

    /// <summary>Pause between two looks at the rollouts under way.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan TickInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long what Monitor said of a rollout counts.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan StatisticsInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long Monitor may take to answer; later it counts as away, and the rollout holds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan MonitorTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Pause between two looks for versions that are to be rolled out by themselves.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan WishInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Rollouts looked at in one go, the oldest first.</summary>
    [Range(1, 100_000)]
    public int MaxActive { get; set; } = 1_000;
}

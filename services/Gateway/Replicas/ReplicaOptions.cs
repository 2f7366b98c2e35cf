using System.ComponentModel.DataAnnotations;

namespace ModelOps.Gateway.Replicas;

/// <summary>Bounds on what replicas may register.</summary>
internal sealed class ReplicaOptions
{
    public const string Section = "Gateway:Replicas";

    /// <summary>Replicas connected at a time.</summary>
    [Range(1, 10_000)]
    public int MaxReplicas { get; set; } = 256;

    /// <summary>Versions in one report.</summary>
    [Range(1, 100_000)]
    public int MaxVersionsPerReport { get; set; } = 10_000;

    /// <summary>A replica that says nothing for this long is taken out: its process hangs or its connection is dead.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ReportTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

using System.ComponentModel.DataAnnotations;

namespace ModelOps.Inference.PredictionLog;

/// <summary>Where predictions are logged before they are answered, and how much the log may take.</summary>
internal sealed class PredictionLogOptions
{
    public const string Section = "Inference:PredictionLog";

    /// <summary>Folder of the log, made when it does not exist; replicas share it, each with a folder of its own inside. Not set: predictions are not logged.</summary>
    public string? Path { get; set; }

    /// <summary>Most bytes that a replica keeps on disk while the broker does not take them; predictions beyond it are answered and not logged.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>Size at which a file is closed and the next one begun; never more than a quarter of <see cref="MaxBytes"/>.</summary>
    [Range(64 << 10, 1 << 30)]
    public long SegmentBytes { get; set; } = 16 << 20;

    /// <summary>Rows of one request that are logged; the rest is counted as dropped.</summary>
    [Range(1, 100_000)]
    public int MaxRowsPerRequest { get; set; } = 1_000;

    /// <summary>Batches that are sent before the first of them is confirmed.</summary>
    [Range(1, 1_000)]
    public int MaxBatchesInFlight { get; set; } = 8;

    /// <summary>How long the broker may take to confirm a batch before the connection counts as broken.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ConfirmTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often folders are looked for that a replica left when it died.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan AdoptInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a replica that stops goes on publishing what it logged.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

using System.ComponentModel.DataAnnotations;

namespace ModelOps.Monitor.Ingest;

/// <summary>How predictions are taken from the broker.</summary>
internal sealed class IngestOptions
{
    public const string Section = "Monitor:Ingest";

    /// <summary>Batches the broker sends ahead of what is stored.</summary>
    [Range(1, 1_000)]
    public ushort Prefetch { get; set; } = 16;

    /// <summary>Largest batch that is decoded, in bytes.</summary>
    [Range(1 << 10, 128 << 20)]
    public int MaxBatchBytes { get; set; } = 64 << 20;

    /// <summary>Pause after the first failure of the broker or the database; doubles from there.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest pause between tries.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Rejected batches that are kept, the newest.</summary>
    [Range(1, 100_000)]
    public int KeepRejected { get; set; } = 1_000;

    /// <summary>Bytes that are kept of a rejected batch, from its beginning.</summary>
    [Range(0, 16 << 20)]
    public int KeepRejectedBytes { get; set; } = 1 << 20;
}

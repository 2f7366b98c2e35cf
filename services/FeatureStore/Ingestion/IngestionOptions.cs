using System.ComponentModel.DataAnnotations;

namespace ModelOps.FeatureStore.Ingestion;

/// <summary>What may be taken in.</summary>
internal sealed class IngestionOptions
{
    public const string Section = "FeatureStore:Ingestion";

    /// <summary>How far in the future an event time may lie: clocks differ, and a source may be a little ahead.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan MaxFuture { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Bytes of one file.</summary>
    [Range(1L << 10, 1L << 40)]
    public long MaxFileBytes { get; set; } = 1L << 30;

    /// <summary>Files that are taken in at the same time; each holds a connection to the database.</summary>
    [Range(1, 64)]
    public int MaxConcurrentFiles { get; set; } = 4;
}

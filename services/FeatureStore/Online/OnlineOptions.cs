using System.ComponentModel.DataAnnotations;

namespace ModelOps.FeatureStore.Online;

/// <summary>The online store.</summary>
internal sealed class OnlineOptions
{
    public const string Section = "FeatureStore:Online";

    /// <summary>
    /// How long Redis may take for a read, or for a batch of writes, before it counts as not reachable. One that is known to be
    /// away counts at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a row stays after its view's TTL, so that it is reported as too old and not as never seen.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan KeepExpired { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Entities times views of one read.</summary>
    [Range(1, 1_000_000)]
    public int MaxKeysPerRead { get; set; } = 20_000;
}

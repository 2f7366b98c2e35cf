using System.ComponentModel.DataAnnotations;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>How definitions are followed.</summary>
internal sealed class DefinitionOptions
{
    public const string Section = "FeatureStore:Definitions";

    /// <summary>How often the revision is looked at when no notification arrives.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);
}

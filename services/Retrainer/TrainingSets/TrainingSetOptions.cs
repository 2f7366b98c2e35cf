using System.ComponentModel.DataAnnotations;

namespace ModelOps.Retrainer.TrainingSets;

/// <summary>How training sets are put together.</summary>
internal sealed class TrainingSetOptions
{
    public const string Section = "Retrainer:TrainingSets";

    /// <summary>Rows at most; more fail the run.</summary>
    [Range(1, 10_000_000)]
    public int MaxRows { get; set; } = 1_000_000;

    /// <summary>Rows that are joined at a time.</summary>
    [Range(1, 10_000)]
    public int JoinRows { get; set; } = 2_000;

    /// <summary>How long one source, or the join, may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromMinutes(10);
}

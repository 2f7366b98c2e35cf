using System.ComponentModel.DataAnnotations;

namespace ModelOps.Retrainer.Execution;

/// <summary>How runs are worked on.</summary>
internal sealed class ExecutionOptions
{
    public const string Section = "Retrainer:Execution";

    /// <summary>Runs that this process works on at the same time.</summary>
    [Range(1, 16)]
    public int MaxConcurrentRuns { get; set; } = 1;

    /// <summary>How often work is looked for when nothing says that there is some.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a run stays with a process that is not heard of; the claim is renewed three times within it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.300", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a stage may break down, by an error or with its process, before the run fails.</summary>
    [Range(1, 100)]
    public int MaxBreakdowns { get; set; } = 3;

    /// <summary>First pause before a stage is begun again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan MinPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest such pause.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan MaxPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a service that is away is waited for before the run fails.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan DependencyWait { get; set; } = TimeSpan.FromHours(1);
}

using System.ComponentModel.DataAnnotations;
using ModelOps.Batch;

namespace ModelOps.Inference.BatchJobs;

/// <summary>Where batch jobs read and write, and how much of a replica they may take.</summary>
internal sealed class BatchOptions
{
    public const string Section = "Inference:Batch";

    /// <summary>Folder that inputs and outputs lie in and that every path of a job is relative to; replicas share it. Not set: there are no batch jobs.</summary>
    public string? Directory { get; set; }

    /// <summary>Jobs that a replica works on at the same time; others wait.</summary>
    [Range(1, 64)]
    public int MaxRunningJobs { get; set; } = 1;

    /// <summary>Most chunks of a job that a replica works on at the same time. Each takes a thread away from online requests for as long as a run takes.</summary>
    [Range(1, BatchSpec.MostParallelism)]
    public int MaxParallelism { get; set; } = 2;

    /// <summary>Most rows of a job in one run of the model, so that an online request waits for no longer one.</summary>
    [Range(1, BatchSpec.MostRequestRows)]
    public int RequestRows { get; set; } = 256;

    /// <summary>Jobs that are not done at the most, and as many that are done are kept; older ones are forgotten.</summary>
    [Range(1, 100_000)]
    public int MaxJobs { get; set; } = 1_000;

    /// <summary>How often jobs are looked for that other replicas took in, or left behind when they died.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan ScanInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a running job tells how far it is, and looks whether it is to stop.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromSeconds(1);
}

using System.ComponentModel.DataAnnotations;

namespace ModelOps.Inference.Models.Probing;

/// <summary>How a version is tried in a process of its own before this one loads it.</summary>
internal sealed class ProbeOptions
{
    public const string Section = "Inference:Probe";

    /// <summary>Whether versions are tried at all. Without it a file that crashes ONNX Runtime takes the replica down.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long loading and one run may take together.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Memory that loading and one run may take, beyond four times the size of the file.</summary>
    [Range(64L << 20, long.MaxValue)]
    public long MemoryBytes { get; set; } = 2L << 30;
}

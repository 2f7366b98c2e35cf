using System.ComponentModel.DataAnnotations;

namespace ModelOps.Inference.Models;

/// <summary>How models are loaded and run.</summary>
internal sealed class ModelOptions
{
    public const string Section = "Inference";

    /// <summary>Execution providers, most wanted first: tensorrt, cuda, cpu. Unless said: cuda, then cpu. One that is not there, or does not start, is passed over.</summary>
    public string[] ExecutionProviders { get; set; } = [];

    /// <summary>Number of the device that cuda and tensorrt use.</summary>
    [Range(0, 255)]
    public int Device { get; set; }

    /// <summary>Most bytes of device memory for one session of a version that says nothing itself; unless said, what the device has.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long? DeviceMemoryBytes { get; set; }

    /// <summary>Threads that ONNX Runtime uses inside one run. One suits small models under many callers; large ones gain from more.</summary>
    [Range(1, 1024)]
    public int IntraOpThreads { get; set; } = 1;

    /// <summary>Runs of one version at the same time; 0 means one per processor. More requests wait their turn.</summary>
    [Range(0, 4096)]
    public int MaxConcurrentRuns { get; set; }

    /// <summary>Requests that may wait for a version; the next one is refused.</summary>
    [Range(0, 1_000_000)]
    public int MaxQueuedRuns { get; set; } = 1024;

    /// <summary>How long a run may take before it is stopped.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan MaxRunTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most bytes that the outputs of one request may take.</summary>
    [Range(1, int.MaxValue)]
    public long MaxOutputBytes { get; set; } = 256 << 20;

    /// <summary>How long the creation of a session may take before it is given up.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LoadTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Runs on zeros before a version counts as ready.</summary>
    [Range(0, 1000)]
    public int WarmUpRuns { get; set; } = 2;
}

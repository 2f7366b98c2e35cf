using ModelOps.Serving;

namespace ModelOps.Inference.Models;

/// <summary>How many instances run a version, and on how many sessions.</summary>
internal static class SessionCounts
{
    private const long SmallBytes = 4 << 20;

    /// <summary>Runs of a version at the same time.</summary>
    public static int Instances(ServingConfiguration serving, ModelOptions options) =>
        serving.Instances.Count ?? (options.MaxConcurrentRuns > 0 ? options.MaxConcurrentRuns : Environment.ProcessorCount);

    /// <summary>A larger version is held once, however many instances run it, unless it says otherwise.</summary>
    public static bool IsSmall(ModelSource source) => source.FileBytes.Sum() <= SmallBytes;

    /// <summary>Most sessions that a version gets, before it is known how long its runs are.</summary>
    public static int Most(ModelSource source, ModelOptions options) => source.Serving.Instances.Sessions switch
    {
        SessionSharing.Shared => 1,
        SessionSharing.Auto when !IsSmall(source) => 1,
        _ => Instances(source.Serving, options),
    };
}

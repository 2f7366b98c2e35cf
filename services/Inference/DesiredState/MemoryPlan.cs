using ModelOps.Inference.Models;

namespace ModelOps.Inference.DesiredState;

/// <summary>
/// Decides what goes when a version is to be loaded and the memory for models does not suffice: versions that nobody uses,
/// the one not used for the longest time first, and never the one that answers for its model.
/// </summary>
internal static class MemoryPlan
{
    private const long WorkingMemory = 8 << 20;

    /// <summary>
    /// What a version takes in memory, as far as that can be told from the files that it runs: of each the weights twice for every session, as the
    /// runtime packs them for its kernels, and working memory.
    /// </summary>
    /// <param name="source">The version.</param>
    /// <param name="sessions">Most sessions that it gets.</param>
    public static long Estimate(ModelSource source, int sessions) => source.FileBytes.Sum(bytes => (2 * sessions * bytes) + WorkingMemory);

    /// <summary>Versions to unload so that there is room.</summary>
    /// <param name="bytes">What is to be loaded.</param>
    /// <param name="budget">Most bytes of all versions together.</param>
    /// <param name="held">Everything that is loaded or being loaded.</param>
    /// <param name="usedBefore">A version used later than this is not idle.</param>
    /// <returns>The versions, none when there is room already; null when there is no way to make room.</returns>
    public static IReadOnlyList<VersionKey>? Evict(long bytes, long budget, IReadOnlyCollection<Occupant> held, DateTimeOffset usedBefore)
    {
        var free = budget - held.Sum(occupant => occupant.Bytes);
        var evicted = new List<VersionKey>();
        foreach (var idle in held.Where(occupant => occupant.MayGo && occupant.LastUsed < usedBefore).OrderBy(occupant => occupant.LastUsed))
        {
            if (free >= bytes)
            {
                break;
            }
            free += idle.Bytes;
            evicted.Add(idle.Key);
        }
        return free >= bytes ? evicted : null;
    }
}

/// <summary>A version that takes memory.</summary>
/// <param name="Key">The version.</param>
/// <param name="Bytes">What it takes.</param>
/// <param name="MayGo">True when it is ready and another version answers for its model.</param>
/// <param name="LastUsed">When it answered a request for the last time, or became ready.</param>
internal sealed record Occupant(VersionKey Key, long Bytes, bool MayGo, DateTimeOffset LastUsed);

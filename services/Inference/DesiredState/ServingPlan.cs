using ModelOps.Inference.Models;

namespace ModelOps.Inference.DesiredState;

/// <summary>
/// Decides which versions may go and which one answers. The rule: a version in service goes only when all that is wanted
/// of its model is ready, or when nothing of its model is wanted; one that fails to load takes nothing down.
/// </summary>
internal static class ServingPlan
{
    /// <summary>Versions that are held, no longer wanted, and not needed until something else is ready.</summary>
    public static IEnumerable<VersionKey> Retired(DesiredModels desired, IReadOnlyDictionary<VersionKey, LoadStage> held)
    {
        var wanted = desired.Versions.ToLookup(version => version.Key.Name, version => version.Key);
        return held.Where(version => !wanted[version.Key.Name].Contains(version.Key))
            .Where(version => version.Value != LoadStage.Ready || wanted[version.Key.Name].All(key => held.GetValueOrDefault(key) == LoadStage.Ready))
            .Select(version => version.Key);
    }

    /// <summary>The version of a model that answers requests that name none: the wanted one when it is ready, else the one that did so far, else the newest ready one.</summary>
    /// <param name="wanted">The primary version that is wanted, if any.</param>
    /// <param name="current">The version that answered so far, if any.</param>
    /// <param name="ready">The model's versions that are ready.</param>
    public static long? Primary(long? wanted, long? current, IReadOnlyCollection<long> ready)
    {
        foreach (var candidate in (ReadOnlySpan<long?>)[wanted, current])
        {
            if (candidate is { } version && ready.Contains(version))
            {
                return version;
            }
        }
        return ready.Count > 0 ? ready.Max() : null;
    }
}

namespace ModelOps.Inference.PredictionLog;

/// <summary>The folders inside the log's folder, one per replica that runs or ran.</summary>
internal static class LogFolders
{
    private const string Prefix = "replica-";
    private const int MostFolders = 1_000;

    /// <summary>Takes the first folder that nobody holds, or a new one.</summary>
    /// <exception cref="IOException">The log's folder cannot be written.</exception>
    public static SegmentSet TakeOwn(string root)
    {
        for (var number = 0; number < MostFolders; number++)
        {
            if (SegmentSet.TryOpen(Path.Combine(Path.GetFullPath(root), $"{Prefix}{number}")) is { } taken)
            {
                return taken;
            }
        }
        throw new IOException($"none of {MostFolders} folders in {root} can be locked");
    }

    /// <summary>Takes every folder with files in it whose replica is gone.</summary>
    public static IEnumerable<SegmentSet> TakeAbandoned(string root)
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetFullPath(root), $"{Prefix}*").Order(StringComparer.Ordinal))
        {
            if (SegmentSet.HasSegments(folder) && SegmentSet.TryOpen(folder) is { } taken)
            {
                yield return taken;
            }
        }
    }
}

namespace ModelOps.Inference.Artifacts;

/// <summary>Keeps the cache within its size. A model in use is in memory: its file may go.</summary>
internal static class CacheEviction
{
    public const string Incoming = "incoming";

    /// <summary>Deletes what was not used for the longest time, and downloads that a crash left behind.</summary>
    /// <param name="root">Folder of the cache.</param>
    /// <param name="mostBytes">Bytes that may stay.</param>
    /// <param name="keep">The folder that stays in any case.</param>
    /// <param name="abandonedBefore">A download older than this belongs to nobody.</param>
    public static void Run(string root, long mostBytes, string keep, DateTimeOffset abandonedBefore)
    {
        var abandoned = new DirectoryInfo(Path.Combine(root, Incoming)).EnumerateDirectories()
            .Where(folder => folder.LastWriteTimeUtc < abandonedBefore.UtcDateTime);
        var files = new DirectoryInfo(root).EnumerateDirectories("??").SelectMany(prefix => prefix.EnumerateFiles("*", SearchOption.AllDirectories))
            .OrderByDescending(file => file.Directory!.FullName == keep)
            .ThenByDescending(file => file.LastWriteTimeUtc);
        long total = 0;
        var unused = files.Where(file => (total += file.Length) > mostBytes && file.Directory!.FullName != keep).Select(file => file.Directory!);
        foreach (var folder in abandoned.Concat(unused).ToList())
        {
            folder.Delete(recursive: true);
        }
    }
}

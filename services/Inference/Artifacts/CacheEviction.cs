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
            .Where(folder => folder.Exists && folder.LastWriteTimeUtc < abandonedBefore.UtcDateTime); // one that was published meanwhile is gone, and has a time long ago
        var artifacts = new DirectoryInfo(root).EnumerateDirectories("??").SelectMany(prefix => prefix.EnumerateDirectories())
            .Select(folder => (Folder: folder, Files: folder.GetFiles()))
            .OrderByDescending(artifact => artifact.Folder.FullName == keep)
            .ThenByDescending(artifact => artifact.Files.Select(file => file.LastWriteTimeUtc).DefaultIfEmpty().Max());
        long total = 0;
        var unused = artifacts
            .Where(artifact => (total += artifact.Files.Sum(file => file.Length)) > mostBytes && artifact.Folder.FullName != keep)
            .Select(artifact => artifact.Folder);
        foreach (var folder in abandoned.Concat(unused).ToList())
        {
            folder.Delete(recursive: true);
        }
    }
}

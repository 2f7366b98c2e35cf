using Microsoft.Extensions.Options;

namespace ModelOps.Registry.Artifacts;

/// <summary>
/// Removes, once after the start, what a crash may have left: uploads that nobody finishes any more, and artifacts that
/// were put in place but never came to be referenced. Never touches an upload that is under way, here or in another
/// replica, nor an artifact that a version refers to.
/// </summary>
internal sealed partial class ArtifactSweep(
    ArtifactStore store, ArtifactReferences references, IOptions<ArtifactOptions> options, TimeProvider clock, ILogger<ArtifactSweep> logger) : BackgroundService
{
    private const int BatchSize = 500;

    /// <summary>Sweeps once.</summary>
    /// <returns>How many files were removed.</returns>
    public async Task<int> SweepAsync(CancellationToken ct)
    {
        var database = await references.StoreIdAsync(ct);
        if (!store.BelongsTo(database))
        {
            LogForeign(store.Blobs.FullName, database);
            return 0;
        }
        var removed = store.Unfinished.EnumerateFiles().Count(TryRemoveStale);
        foreach (var batch in store.Blobs.EnumerateFiles("*", SearchOption.AllDirectories).Chunk(BatchSize))
        {
            var byDigest = batch.ToDictionary(file => file.Name, StringComparer.Ordinal);
            foreach (var digest in await references.UnreferencedAsync([.. byDigest.Keys], ct))
            {
                removed += await references.DeleteUnreferencedAsync(byDigest[digest], ct) ? 1 : 0;
            }
        }
        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            LogSwept(await SweepAsync(stoppingToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Data.Common.DbException)
        {
            // Leftovers cost space and nothing else; the next start tries again.
            LogFailed(e.Message);
        }
    }

    private bool TryRemoveStale(FileInfo upload)
    {
        if (clock.GetUtcNow() - upload.LastWriteTimeUtc < options.Value.StaleUploadAge)
        {
            return false;
        }
        try
        {
            // Whoever is still writing it holds a lock that lets nobody else open it.
            using (upload.Open(FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
                upload.Delete();
            }
            return true;
        }
        catch (IOException)
        {
            LogStillOpen(upload.Name);
            return false;
        }
    }

    [LoggerMessage(EventId = 1110, EventName = "ArtifactsSwept", Level = LogLevel.Information, Message = "Leftovers of earlier uploads removed: {Count}")]
    private partial void LogSwept(int count);

    [LoggerMessage(EventId = 1113, EventName = "ArtifactFolderForeign", Level = LogLevel.Warning, Message = "{Folder} was made for another database than {Database}: nothing is swept there")]
    private partial void LogForeign(string folder, Guid database);

    [LoggerMessage(EventId = 1111, EventName = "ArtifactSweepFailed", Level = LogLevel.Warning, Message = "Leftovers of earlier uploads could not be removed: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(EventId = 1112, EventName = "UploadStillOpen", Level = LogLevel.Debug, Message = "Upload {Name} is still being written")]
    private partial void LogStillOpen(string name);
}

using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Artifacts;

/// <summary>Artifacts in a folder, each under the SHA-256 of its bytes; unfinished uploads lie beside them in the same file system.</summary>
internal sealed partial class ArtifactStore : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly ArtifactOptions _options;
    private readonly ILogger<ArtifactStore> _logger;
    private readonly SemaphoreSlim _uploads;
    private readonly FileInfo _owner;

    public ArtifactStore(IOptions<ArtifactOptions> options, IHostEnvironment environment, ILogger<ArtifactStore> logger)
    {
        (_options, _logger) = (options.Value, logger);
        _uploads = new SemaphoreSlim(_options.MaxConcurrentUploads);
        var root = new DirectoryInfo(Path.Combine(environment.ContentRootPath, _options.Path));
        _owner = new(Path.Combine(root.FullName, "database"));
        Blobs = root.CreateSubdirectory("sha256");
        Unfinished = root.CreateSubdirectory("unfinished");
    }

    /// <summary>Folder of the artifacts.</summary>
    public DirectoryInfo Blobs { get; }

    /// <summary>Folder of the uploads that are not finished.</summary>
    public DirectoryInfo Unfinished { get; }

    /// <summary>Where the artifact with a digest lies, if it is there; 65,536 folders keep each of them small.</summary>
    public FileInfo Locate(string sha256) => new(Path.Combine(Blobs.FullName, sha256[..2], sha256[2..4], sha256));

    /// <summary>
    /// Whether the folder belongs to a database; a folder that belongs to none yet does from now on. Two databases that
    /// were given one folder by mistake would take each other's artifacts for leftovers.
    /// </summary>
    public bool BelongsTo(Guid database)
    {
        try
        {
            using var file = new StreamWriter(_owner.FullName, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write });
            file.Write($"{database}");
            return true;
        }
        catch (IOException) when (File.Exists(_owner.FullName))
        {
            return File.ReadAllText(_owner.FullName).Trim() == $"{database}";
        }
    }

    /// <summary>Starts an upload.</summary>
    public Outcome<ArtifactUpload> Begin()
    {
        if (!_uploads.Wait(0))
        {
            return new Refusal(RefusalKind.ResourceExhausted, $"{_options.MaxConcurrentUploads} uploads are under way") { RetryAfter = RetryAfter };
        }
        var place = new Place(_uploads);
        try
        {
            return new ArtifactUpload(new(Path.Combine(Unfinished.FullName, $"{Guid.CreateVersion7():N}")), _options.MaxBytes, place);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>Opens an artifact for reading.</summary>
    public Outcome<StoredArtifact> Open(string sha256, long size)
    {
        var location = Locate(sha256);
        if (!location.Exists || location.Length != size)
        {
            LogMissing(sha256, location.FullName, location.Exists ? location.Length : 0, size);
            return new Refusal(RefusalKind.DataLoss, $"the stored artifact {sha256} is {(location.Exists ? "damaged" : "missing")}");
        }
        var file = new FileStream(location.FullName, new FileStreamOptions
        {
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
        });
        return new StoredArtifact(file, sha256, size, _logger);
    }

    public void Dispose() => _uploads.Dispose();

    [LoggerMessage(EventId = 1101, EventName = "ArtifactMissing", Level = LogLevel.Error, Message = "Artifact {Sha256} should have {Expected} bytes, {File} has {Found}")]
    private partial void LogMissing(string sha256, string file, long found, long expected);

    /// <summary>One of the uploads that may be under way.</summary>
    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private SemaphoreSlim? _places = places;

        public void Dispose() => Interlocked.Exchange(ref _places, null)?.Release();
    }
}

using System.Collections.Immutable;

namespace ModelOps.Inference.PredictionLog;

/// <summary>
/// The files of one folder of the log, which belongs to this process alone for as long as it holds the lock in it. The lock ends
/// with the process, however that ends.
/// </summary>
internal sealed class SegmentSet : IDisposable
{
    private const string LockFile = "lock";
    private const string Extension = ".log";
    private readonly Lock _lock = new();
    private readonly FileStream _held;
    private ImmutableArray<LogSegment> _segments;

    private SegmentSet(string folder, FileStream held)
    {
        (Folder, Name, _held) = (folder, Path.GetFileName(folder), held);
        _segments = [.. Directory.EnumerateFiles(folder, $"*{Extension}").Order(StringComparer.Ordinal)
            .Select(file => new LogSegment(Name, file, new FileInfo(file).Length, isClosed: true))];
    }

    public string Folder { get; }

    public string Name { get; }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<LogSegment> Segments
    {
        get
        {
            lock (_lock)
            {
                return _segments;
            }
        }
    }

    /// <summary>Bytes on disk.</summary>
    public long Bytes => Segments.Sum(segment => segment.Length);

    /// <summary>Takes a folder, made when it does not exist.</summary>
    /// <returns>Null when another process has it.</returns>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">Not allowed.</exception>
    public static SegmentSet? TryOpen(string folder)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, LockFile);
        FileStream? held = null;
        try
        {
            held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var opened = new SegmentSet(folder, held);
            held = null;
            return opened;
        }
        catch (IOException) when (held is null && File.Exists(file))
        {
            return null;
        }
        finally
        {
            held?.Dispose();
        }
    }

    /// <summary>Whether a folder holds files of the log.</summary>
    public static bool HasSegments(string folder) => Directory.EnumerateFiles(folder, $"*{Extension}").Any();

    /// <summary>Begins a new file.</summary>
    public LogSegment Add(DateTimeOffset now)
    {
        var segment = new LogSegment(Name, Path.Combine(Folder, $"{Guid.CreateVersion7(now):N}{Extension}"), 0, isClosed: false);
        lock (_lock)
        {
            _segments = _segments.Add(segment);
        }
        return segment;
    }

    /// <summary>Deletes a file whose records are all confirmed.</summary>
    public void Delete(LogSegment segment)
    {
        File.Delete(segment.Path);
        lock (_lock)
        {
            _segments = _segments.Remove(segment);
        }
    }

    public void Dispose() => _held.Dispose();
}

using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace ModelOps.Inference.PredictionLog;

/// <summary>
/// Appends records to the newest file of this replica's folder: one write into the system's cache under one lock, without
/// flushing, so that what is answered survives the process but not the machine.
/// </summary>
internal sealed class SegmentWriter(IOptions<PredictionLogOptions> options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan RetryOpening = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly long _segmentBytes = Math.Min(options.Value.SegmentBytes, options.Value.MaxBytes / 4);
    private readonly long _maxBytes = options.Value.MaxBytes;
    private readonly HashSet<int> _layouts = []; // that the newest file has
    private readonly Channel<bool> _written = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private SegmentSet? _set;
    private LogSegment? _segment;
    private SafeFileHandle? _file;
    private long _bytes;
    private long _triedAt;
    private bool _isDisposed;

    /// <summary>The folder and its files; null as long as none could be taken.</summary>
    public SegmentSet? Set => Volatile.Read(ref _set);

    /// <summary>Has an item when something was written since the last look.</summary>
    public ChannelReader<bool> Written => _written.Reader;

    /// <summary>Takes a folder: the first in the log's folder that no process holds, else a new one.</summary>
    /// <exception cref="IOException">The log's folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Not allowed.</exception>
    public void Open()
    {
        lock (_lock)
        {
            OpenSet();
        }
    }

    /// <summary>Appends whole frames in one write; before it their layout, where the file does not have it yet.</summary>
    /// <returns>Why they were not written; null when they were.</returns>
    public DropReason? Append(LoggedLayout layout, ReadOnlySpan<byte> frames)
    {
        lock (_lock)
        {
            try
            {
                return TryAppend(layout, frames);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return DropReason.Disk;
            }
        }
    }

    /// <summary>Closes a file, so that what comes goes into a new one.</summary>
    public void Close(LogSegment segment)
    {
        lock (_lock)
        {
            if (_segment == segment)
            {
                CloseFile();
            }
        }
    }

    /// <summary>Deletes a closed file whose records are all confirmed.</summary>
    public void Delete(LogSegment segment)
    {
        _set!.Delete(segment); // outside the lock: it may take the disk a while
        lock (_lock)
        {
            _bytes = _set.Bytes;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            CloseFile();
            _set?.Dispose();
        }
    }

    private DropReason? TryAppend(LoggedLayout layout, ReadOnlySpan<byte> frames)
    {
        if (_isDisposed || (_set is null && !MayTryOpening()))
        {
            return DropReason.Disk;
        }
        OpenSet();
        var isFull = _segment is null || _segment.Length >= _segmentBytes;
        var head = isFull || !_layouts.Contains(layout.Number) ? layout.Frame : [];
        if (_bytes + head.Length + frames.Length > _maxBytes)
        {
            return DropReason.Budget;
        }
        if (isFull)
        {
            Roll();
        }
        // At the end of the last whole record: what a write that failed halfway left there is overwritten.
        RandomAccess.Write(_file!, head, _segment!.Length);
        RandomAccess.Write(_file!, frames, _segment.Length + head.Length);
        _layouts.Add(layout.Number);
        _segment.Length += head.Length + frames.Length;
        _bytes += head.Length + frames.Length;
        _written.Writer.TryWrite(true);
        return null;
    }

    private void Roll()
    {
        CloseFile();
        _layouts.Clear();
        var segment = _set!.Add(clock.GetUtcNow());
        try
        {
            _file = File.OpenHandle(segment.Path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            _segment = segment;
        }
        finally
        {
            if (_segment is null)
            {
                _set.Delete(segment);
            }
        }
    }

    private void CloseFile()
    {
        _file?.Dispose();
        _file = null;
        if (_segment is { } segment)
        {
            _segment = null;
            segment.IsClosed = true;
        }
    }

    private bool MayTryOpening()
    {
        var isTime = _triedAt == 0 || clock.GetElapsedTime(_triedAt) > RetryOpening;
        _triedAt = isTime ? clock.GetTimestamp() : _triedAt;
        return isTime;
    }

    private void OpenSet()
    {
        if (_set is null && !_isDisposed)
        {
            var set = LogFolders.TakeOwn(options.Value.Path!);
            _bytes = set.Bytes;
            Volatile.Write(ref _set, set);
        }
    }
}

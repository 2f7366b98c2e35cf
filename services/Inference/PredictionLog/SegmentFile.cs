using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ModelOps.Inference.PredictionLog;

/// <summary>
/// A file of the log that is being written. Its space is reserved and mapped, so that a record costs a copy and no call of the system: what
/// is in the mapping is the system's and survives the process just as what is written is. Where space cannot be reserved it is written
/// instead, since a mapping has no way to say that the disk is full but to end the process.
/// </summary>
internal sealed unsafe partial class SegmentFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile? _mapping;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;
    private long _length;

    private SegmentFile(SafeFileHandle file, long capacity)
    {
        (_file, Capacity) = (file, capacity);
        if (IsReserved(file, capacity))
        {
            _mapping = MemoryMappedFile.CreateFromFile(file, mapName: null, capacity, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
            _view = _mapping.CreateViewAccessor(0, capacity, MemoryMappedFileAccess.ReadWrite);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        }
    }

    /// <summary>Most bytes that go in.</summary>
    public long Capacity { get; }

    /// <summary>Makes a new file.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    /// <exception cref="UnauthorizedAccessException">Not allowed.</exception>
    public static SegmentFile Create(string path, long capacity)
    {
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            return new SegmentFile(file, capacity);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes bytes at a place; they fit.</summary>
    /// <exception cref="IOException">The disk does not take them.</exception>
    public void Write(ReadOnlySpan<byte> bytes, long at)
    {
        if (_view is null)
        {
            RandomAccess.Write(_file, bytes, at);
        }
        else
        {
            bytes.CopyTo(new Span<byte>(_start + at, checked((int)(Capacity - at))));
        }
        _length = at + bytes.Length;
    }

    /// <summary>Closes it, with what was reserved and not used given back.</summary>
    public void Dispose()
    {
        if (_view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _mapping!.Dispose();
            RandomAccess.SetLength(_file, _length);
        }
        _file.Dispose();
    }

    /// <summary>Whether the system keeps space for all of the file; on a full disk it throws.</summary>
    private static bool IsReserved(SafeFileHandle file, long capacity)
    {
        const int NoSpace = 28;
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }
        var error = Reserve(file, 0, (nint)capacity);
        return error == NoSpace ? throw new IOException($"there is no room for a file of {capacity} bytes") : error == 0;
    }

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int Reserve(SafeFileHandle file, nint offset, nint length);
}

namespace ModelOps.Inference.PredictionLog;

/// <summary>A file of the log. One writer makes it longer, one publisher reads and confirms it.</summary>
internal sealed class LogSegment(string folder, string path, long length, bool isClosed)
{
    private long _length = length;
    private long _confirmed;
    private volatile bool _isClosed = isClosed;

    /// <summary>Identity over all replicas and starts: no file name is used twice.</summary>
    public string Id { get; } = $"{folder}/{System.IO.Path.GetFileNameWithoutExtension(path)}";

    public string Path => path;

    /// <summary>Bytes that hold whole records.</summary>
    public long Length
    {
        get => Volatile.Read(ref _length);
        set => Volatile.Write(ref _length, value);
    }

    /// <summary>Where the publisher reads next.</summary>
    public long ReadPosition { get; set; }

    /// <summary>Layouts that were read so far, encoded, by their numbers.</summary>
    public Dictionary<int, byte[]> Layouts { get; } = [];

    /// <summary>Up to where the broker has confirmed everything.</summary>
    public long Confirmed
    {
        get => Volatile.Read(ref _confirmed);
        set => Volatile.Write(ref _confirmed, value);
    }

    /// <summary>True when nothing is added any more.</summary>
    public bool IsClosed
    {
        get => _isClosed;
        set => _isClosed = value;
    }

    /// <summary>True when the file may go.</summary>
    public bool IsDone => _isClosed && Confirmed >= Length;
}

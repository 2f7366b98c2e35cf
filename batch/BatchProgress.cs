namespace ModelOps.Batch;

/// <summary>How far a job is; may be read while it runs. What an earlier attempt did is counted in.</summary>
public sealed class BatchProgress
{
    private long _bytesTotal;
    private long _bytes;
    private long _rows;
    private long _rejected;
    private long _resumedBytes;
    private long _resumedRows;
    private long _version;

    /// <summary>Version that predicts; 0: not known yet.</summary>
    public long ModelVersion => Volatile.Read(ref _version);

    /// <summary>Bytes of the input, or of its part.</summary>
    public long BytesTotal => Volatile.Read(ref _bytesTotal);

    /// <summary>Bytes of it whose predictions are on disk.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Those among them that an earlier attempt did.</summary>
    public long ResumedBytes => Volatile.Read(ref _resumedBytes);

    /// <summary>Rows with a prediction.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Rows, rejected ones too, that an earlier attempt did.</summary>
    public long ResumedRows => Volatile.Read(ref _resumedRows);

    /// <summary>Rows without one.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>Share that is done, 0 to 1.</summary>
    public double Share => BytesTotal is > 0 and var total ? Math.Min(1, (double)Bytes / total) : 0;

    internal void Predicts(long version) => Volatile.Write(ref _version, version);

    internal void Begin(long bytes) => Volatile.Write(ref _bytesTotal, bytes);

    internal void Add(long bytes, long rows, long rejected, bool resumed)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _resumedBytes, resumed ? bytes : 0);
        Interlocked.Add(ref _resumedRows, resumed ? rows + rejected : 0);
        Interlocked.Add(ref _rows, rows);
        Interlocked.Add(ref _rejected, rejected);
    }
}

/// <summary>A job that is done.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Version that predicted.</param>
/// <param name="Rows">Rows with a prediction.</param>
/// <param name="Rejected">Rows without one; their reasons are in <see cref="BatchSpec.Rejected"/>.</param>
public sealed record BatchSummary(string Model, long Version, long Rows, long Rejected);

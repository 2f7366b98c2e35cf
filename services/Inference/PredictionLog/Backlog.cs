using Microsoft.Extensions.Options;

namespace ModelOps.Inference.PredictionLog;

/// <summary>
/// What is on disk and not yet confirmed: the files of this replica, and those that replicas left when they died. The publisher
/// reads on one side and confirms on the other, at the same time.
/// </summary>
internal sealed class Backlog : IDisposable
{
    private readonly SegmentWriter _writer;
    private readonly PredictionLogOptions _options;
    private readonly PredictionLogMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly BatchReader _reader = new();
    private readonly Lock _lock = new();
    private volatile SegmentSet[] _adopted = [];
    private long _adoptedAt;

    public Backlog(SegmentWriter writer, IOptions<PredictionLogOptions> options, PredictionLogMetrics metrics, TimeProvider clock, ILogger<Backlog> logger)
    {
        (_writer, _options, _metrics, _clock, _logger) = (writer, options.Value, metrics, clock, logger);
        metrics.Watch(() => Bytes);
    }

    /// <summary>Bytes that are not confirmed.</summary>
    public long Bytes => Sets.SelectMany(set => set.Segments).Sum(segment => segment.Length - segment.Confirmed);

    /// <summary>Folder of this replica; empty as long as none could be taken.</summary>
    public string Folder => _writer.Set?.Folder ?? "";

    private IEnumerable<SegmentSet> Sets => _writer.Set is { } own ? _adopted.Prepend(own) : _adopted;

    /// <summary>Takes this replica's folder; without one, predictions are answered and not logged, and it is tried again.</summary>
    public void Open()
    {
        try
        {
            _writer.Open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotWritable(_logger, _options.Path!, e.Message);
        }
    }

    /// <summary>The oldest records that were not read yet, as many as a batch has; null when there are none.</summary>
    public LogBatch? Next()
    {
        AdoptWhenDue();
        foreach (var segment in Sets.SelectMany(set => set.Segments))
        {
            if (_reader.Read(segment, out var isTorn) is { } batch)
            {
                return batch;
            }
            if (isTorn)
            {
                Cut(segment);
            }
        }
        return null;
    }

    /// <summary>Forgets records that the broker has.</summary>
    public void Confirm(LogBatch batch)
    {
        batch.Segment.Confirmed = batch.End;
        _metrics.Published(batch.Records);
        DeleteDone();
    }

    /// <summary>Reads again what was sent and not confirmed.</summary>
    public void Rewind()
    {
        foreach (var segment in Sets.SelectMany(set => set.Segments))
        {
            segment.ReadPosition = segment.Confirmed;
        }
    }

    /// <summary>Waits until something was written, or abandoned folders are due; ends early when the token is cancelled.</summary>
    public async Task MoreAsync(CancellationToken ct)
    {
        using var due = new CancellationTokenSource(_options.AdoptInterval, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, due.Token);
        Task written = _writer.Written.ReadAsync(either.Token).AsTask();
        await written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Deletes the newest file too when all of it is confirmed: after a restart it would be sent again.</summary>
    /// <param name="atLeastBytes">A file smaller than this stays.</param>
    public void Tidy(long atLeastBytes)
    {
        foreach (var segment in _writer.Set?.Segments.Where(segment => segment.Length >= atLeastBytes && segment.Confirmed >= segment.Length) ?? [])
        {
            _writer.Close(segment);
        }
        DeleteDone();
    }

    public void Dispose()
    {
        foreach (var set in _adopted)
        {
            set.Dispose();
        }
    }

    /// <summary>Ends a file before a record that is not whole; a file that is still written to is closed first.</summary>
    private void Cut(LogSegment segment)
    {
        _writer.Close(segment);
        Log.Cut(_logger, segment.Length - segment.ReadPosition, segment.Id);
        segment.Length = segment.ReadPosition;
        DeleteDone();
    }

    private void DeleteDone()
    {
        lock (_lock)
        {
            DeleteDoneLocked();
        }
    }

    private void DeleteDoneLocked()
    {
        foreach (var segment in _writer.Set?.Segments.Where(segment => segment.IsDone) ?? [])
        {
            _writer.Delete(segment);
        }
        foreach (var set in _adopted)
        {
            foreach (var segment in set.Segments.Where(segment => segment.IsDone))
            {
                set.Delete(segment);
            }
            if (set.Segments.IsEmpty)
            {
                _adopted = [.. _adopted.Where(other => other != set)];
                set.Dispose();
            }
        }
    }

    private void AdoptWhenDue()
    {
        if (_writer.Set is null || (_adoptedAt != 0 && _clock.GetElapsedTime(_adoptedAt) < _options.AdoptInterval))
        {
            return;
        }
        _adoptedAt = _clock.GetTimestamp();
        lock (_lock)
        {
            foreach (var set in LogFolders.TakeAbandoned(_options.Path!))
            {
                Log.Adopted(_logger, set.Name);
                _adopted = [.. _adopted, set];
            }
            DeleteDoneLocked();
        }
    }
}

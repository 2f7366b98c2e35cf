namespace ModelOps.Batch.Records;

/// <summary>
/// Cuts a file into records and records into chunks, with memory for one chunk. What it finds depends on the file alone, not on how the file is
/// read. A record that is longer than allowed, or whose quotes are never closed, costs one line: reading goes on with the next.
/// </summary>
internal sealed class RecordScanner(Stream file, RecordFormat format, RecordPosition start, long end)
{
    /// <summary>Most bytes of a record.</summary>
    public const int MostRecordBytes = 1 << 20;

    /// <summary>Bytes after which a chunk is full, however few rows it has.</summary>
    private const int FullChunkBytes = 32 << 20;

    private const int ShownBytes = 1 << 10;
    private const int ReadBytes = 256 << 10;
    private readonly List<RecordSpan> _records = [];
    private RecordBoundary _boundary = new(format);
    private RecordPosition _position = start;
    private byte[] _buffer = new byte[2 * ReadBytes];
    private int _filled;
    private int _at; // where the record begins that _position stands at
    private bool _atEnd;

    /// <summary>The first record after what was read.</summary>
    public RecordPosition Position => _position;

    /// <summary>Passes over records until one begins at an offset or after it.</summary>
    public async ValueTask SkipToAsync(long offset, CancellationToken ct)
    {
        while (_position.Offset < offset && await NextAsync(ct) is not null)
        {
            if (_at >= ReadBytes)
            {
                DropConsumed();
            }
        }
    }

    /// <summary>Reads the next records.</summary>
    /// <param name="rows">Most of them. Empty lines do not count.</param>
    /// <param name="ct">Ends reading.</param>
    /// <returns>Null at the end.</returns>
    public async ValueTask<RecordChunk?> ReadAsync(int rows, CancellationToken ct)
    {
        _records.Clear();
        DropConsumed();
        var first = _position;
        while (_records.Count < rows && _at < FullChunkBytes && _position.Offset < end && await NextAsync(ct) is { } record)
        {
            if (record.Length > 0)
            {
                _records.Add(record);
            }
            else if (_records.Count == 0 && _at >= ReadBytes)
            {
                DropConsumed();
                first = _position;
            }
        }
        return _records.Count == 0 ? null : new(first, _position, _buffer[.._at], [.. _records]);
    }

    private void DropConsumed()
    {
        _buffer.AsSpan(_at, _filled - _at).CopyTo(_buffer);
        (_filled, _at) = (_filled - _at, 0);
    }

    private async ValueTask<RecordSpan?> NextAsync(CancellationToken ct)
    {
        _boundary.Reset();
        var scanned = _at;
        while (true)
        {
            var found = _boundary.Find(_buffer.AsSpan(scanned, _filled - scanned));
            if (found >= 0 && scanned + found - _at <= MostRecordBytes)
            {
                return Take(scanned + found, breakBytes: 1);
            }
            if (found >= 0 || _filled - _at > MostRecordBytes)
            {
                return await TakeTooLongAsync(ct);
            }
            scanned = _filled;
            if (!_atEnd)
            {
                await FillAsync(ct);
            }
            else if (_at == _filled)
            {
                return null;
            }
            else
            {
                return _boundary.InQuotes ? TakeLine("has a quoted field that is not closed") : Take(_filled, breakBytes: 0);
            }
        }
    }

    /// <summary>A record that ends where it should.</summary>
    private RecordSpan Take(int to, int breakBytes, string? problem = null)
    {
        var length = to - _at;
        length -= length > 0 && _buffer[to - 1] == '\r' ? 1 : 0;
        var record = new RecordSpan(_at, length, _position.Line, problem);
        var next = to + breakBytes;
        _position = new(_position.Offset + next - _at, _position.Line + _buffer.AsSpan(_at, next - _at).Count((byte)'\n'));
        _at = next;
        return record;
    }

    /// <summary>Gives up on a record and takes its first line for it.</summary>
    private RecordSpan? TakeLine(string problem)
    {
        var line = _buffer.AsSpan(_at, _filled - _at).IndexOf((byte)'\n');
        return line < 0 ? Take(_filled, breakBytes: 0, problem) : Take(_at + line, breakBytes: 1, problem);
    }

    private async ValueTask<RecordSpan?> TakeTooLongAsync(CancellationToken ct)
    {
        var line = _buffer.AsSpan(_at, Math.Min(MostRecordBytes, _filled - _at)).IndexOf((byte)'\n');
        if (line >= 0)
        {
            return TakeLine($"has a quoted field that is not closed within {MostRecordBytes} bytes");
        }
        // One line without an end in sight: its beginning is kept, the rest is passed over.
        var record = new RecordSpan(_at, ShownBytes, _position.Line, $"is longer than {MostRecordBytes} bytes");
        var shownEnd = _at + ShownBytes;
        var passed = (long)ShownBytes;
        int found;
        while ((found = _buffer.AsSpan(shownEnd, _filled - shownEnd).IndexOf((byte)'\n')) < 0 && !_atEnd)
        {
            passed += _filled - shownEnd;
            _filled = shownEnd;
            await FillAsync(ct);
        }
        var rest = found < 0 ? _filled - shownEnd : found + 1;
        _position = new(_position.Offset + passed + rest, _position.Line + (found < 0 ? 0 : 1));
        _buffer.AsSpan(shownEnd + rest, _filled - shownEnd - rest).CopyTo(_buffer.AsSpan(shownEnd));
        _filled -= rest;
        _at = shownEnd;
        return record;
    }

    private async ValueTask FillAsync(CancellationToken ct)
    {
        if (_buffer.Length - _filled < ReadBytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _filled + ReadBytes));
        }
        var read = await file.ReadAsync(_buffer.AsMemory(_filled, ReadBytes), ct);
        _filled += read;
        _atEnd = read == 0;
    }
}

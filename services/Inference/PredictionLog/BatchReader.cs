using System.Text;

namespace ModelOps.Inference.PredictionLog;

/// <summary>Records that are published together.</summary>
/// <param name="Segment">The file they come from.</param>
/// <param name="Id">Identity: file, first byte and end, so that equal ids mean equal records.</param>
/// <param name="End">Where the next batch begins.</param>
/// <param name="Records">How many they are.</param>
/// <param name="Wire">The PredictionBatch message, in pooled memory until the batch is disposed of.</param>
internal sealed record LogBatch(LogSegment Segment, string Id, long End, int Records, WireWriter Wire) : IDisposable
{
    public ReadOnlyMemory<byte> Body => Wire.Memory;

    public void Dispose() => Wire.Dispose();
}

/// <summary>Reads batches from files, copying records as they are.</summary>
internal sealed class BatchReader
{
    private const int MostRecords = 512;
    private const int BatchIdField = 1;
    private const int PredictionsField = 2;

    /// <summary>Read at once; more only for a record that is larger.</summary>
    private const int UsualBytes = 256 << 10;
    private readonly byte[] _read = new byte[SegmentFormat.MaxPayload + SegmentFormat.HeaderSize];

    /// <summary>Reads the next batch of a file.</summary>
    /// <param name="segment">The file; its reading position moves on.</param>
    /// <param name="isTorn">True when no whole record begins where one should.</param>
    /// <returns>Null when there is nothing to read, or nothing readable.</returns>
    public LogBatch? Read(LogSegment segment, out bool isTorn)
    {
        var (start, length) = (segment.ReadPosition, segment.Length);
        isTorn = false;
        if (start >= length)
        {
            return null;
        }
        var bytes = Load(segment.Path, start, Math.Min(length - start, UsualBytes));
        var records = Count(bytes, out var end);
        if (records == 0 && length - start > UsualBytes)
        {
            bytes = Load(segment.Path, start, Math.Min(length - start, _read.Length));
            records = Count(bytes, out end);
        }
        if (records == 0)
        {
            isTorn = true;
            return null;
        }
        var id = $"{segment.Id}/{start}-{start + end}";
        segment.ReadPosition = start + end;
        return new LogBatch(segment, id, start + end, records, Encode(id, bytes[..end]));
    }

    private ReadOnlySpan<byte> Load(string path, long start, long length)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return _read.AsSpan(0, RandomAccess.Read(file, _read.AsSpan(0, (int)length), start));
    }

    private static int Count(ReadOnlySpan<byte> bytes, out int end)
    {
        var records = 0;
        for (end = 0; records < MostRecords && SegmentFormat.Read(bytes[end..], out var payload) == FrameState.Whole; records++)
        {
            end += SegmentFormat.HeaderSize + payload.Length;
        }
        return records;
    }

    private static WireWriter Encode(string id, ReadOnlySpan<byte> frames)
    {
        // A record's tag and length take less than the header they replace.
        var wire = new WireWriter(frames.Length + id.Length + 16);
        wire.Bytes(BatchIdField, Encoding.UTF8.GetBytes(id));
        while (SegmentFormat.Read(frames, out var payload) == FrameState.Whole)
        {
            wire.Bytes(PredictionsField, payload);
            frames = frames[(SegmentFormat.HeaderSize + payload.Length)..];
        }
        return wire;
    }
}

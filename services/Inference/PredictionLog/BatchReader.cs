using System.Text;
using ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Inference.PredictionLog;

/// <summary>Records that are published together.</summary>
/// <param name="Segment">The file they come from.</param>
/// <param name="Id">Identity: file, first byte and end, so that equal ids mean equal records.</param>
/// <param name="End">Where the next batch begins.</param>
/// <param name="Records">How many they are.</param>
/// <param name="TookAll">True when the file held no more when it was read.</param>
/// <param name="Wire">The PredictionBatch message, in pooled memory until the batch is disposed of.</param>
internal sealed record LogBatch(LogSegment Segment, string Id, long End, int Records, bool TookAll, WireWriter Wire) : IDisposable
{
    public ReadOnlyMemory<byte> Body => Wire.Memory;

    public void Dispose() => Wire.Dispose();
}

/// <summary>Reads batches from files, copying records as they are.</summary>
internal sealed class BatchReader
{
    /// <summary>Rows that a batch has: what a batch costs the broker and Monitor beside its bytes, it costs once.</summary>
    private const int MostRows = 4_096;

    /// <summary>Read at once; more only for a record that is larger.</summary>
    private const int UsualBytes = 512 << 10;
    private readonly byte[] _read = new byte[2 * (SegmentFormat.MaxPayload + SegmentFormat.HeaderSize)]; // a layout and a record

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
        var rows = Count(segment, bytes, out var end);
        if (rows == 0 && length - start > UsualBytes)
        {
            bytes = Load(segment.Path, start, Math.Min(length - start, _read.Length));
            rows = Count(segment, bytes, out end);
        }
        if (rows == 0)
        {
            isTorn = true;
            return null;
        }
        var id = $"{segment.Id}/{start}-{start + end}";
        segment.ReadPosition = start + end;
        return new LogBatch(segment, id, start + end, rows, start + end == length, Encode(segment, id, bytes[..end]));
    }

    private ReadOnlySpan<byte> Load(string path, long start, long length)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return _read.AsSpan(0, RandomAccess.Read(file, _read.AsSpan(0, (int)length), start));
    }

    /// <summary>The frames that go into one batch: rows in them, and where they end. Layouts among them are kept.</summary>
    private static int Count(LogSegment segment, ReadOnlySpan<byte> bytes, out int end)
    {
        var rows = 0;
        for (end = 0; SegmentFormat.Read(bytes[end..], out var payload) == FrameState.Whole; end += SegmentFormat.HeaderSize + payload.Length)
        {
            var more = SegmentFormat.Split(payload, out var layout, out var rest);
            if (more == 0)
            {
                segment.Layouts[layout] = rest.ToArray();
            }
            else if (rows + more > MostRows || !segment.Layouts.ContainsKey(layout))
            {
                break;
            }
            rows += more;
        }
        return rows;
    }

    private static WireWriter Encode(LogSegment segment, string id, ReadOnlySpan<byte> frames)
    {
        var wire = new WireWriter(frames.Length + id.Length + 16);
        wire.Bytes(PredictionBatch.BatchIdFieldNumber, Encoding.UTF8.GetBytes(id));
        var layouts = new BatchLayouts(wire);
        while (SegmentFormat.Read(frames, out var payload) == FrameState.Whole)
        {
            if (SegmentFormat.Split(payload, out var layout, out var block) > 0)
            {
                var index = layouts.IndexOf(segment.Layouts[layout]);
                wire.Header(PredictionBatch.BlocksFieldNumber, 1 + WireWriter.SizeOf((uint)index) + block.Length);
                wire.Integer(PredictionBlock.LayoutFieldNumber, index);
                wire.Raw(block);
            }
            frames = frames[(SegmentFormat.HeaderSize + payload.Length)..];
        }
        return wire;
    }
}

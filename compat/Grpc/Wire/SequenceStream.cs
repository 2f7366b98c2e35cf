using System.Buffers;

namespace Grpc.Wire;

/// <summary>Reads received memory as a stream.</summary>
internal sealed class SequenceStream(ReadOnlySequence<byte> remaining) : SyncStream
{
    private ReadOnlySequence<byte> _remaining = remaining;

    public override bool CanRead => true;

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, _remaining.Length);
        var part = _remaining.Slice(0, count);
        part.CopyTo(buffer);
        _remaining = _remaining.Slice(part.End);
        return count;
    }
}

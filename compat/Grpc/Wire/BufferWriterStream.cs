using System.Buffers;

namespace Grpc.Wire;

/// <summary>Writes a stream into a buffer writer.</summary>
internal sealed class BufferWriterStream(IBufferWriter<byte> output) : SyncStream
{
    public override bool CanWrite => true;

    public override void Write(ReadOnlySpan<byte> buffer) => output.Write(buffer);
}

using System.Buffers;

namespace Grpc.Core;

/// <summary>Collects one message in an array of its own.</summary>
internal sealed class ArraySerializationContext : SerializationContext
{
    private ArrayBufferWriter<byte>? _writer;
    private byte[]? _payload;

    public byte[] Payload => _payload ?? throw new InvalidOperationException("Serialization context was not completed.");

    public override void Complete(byte[] payload)
    {
        ThrowIfComplete();
        _payload = payload;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        ThrowIfComplete();
        return _writer ??= new ArrayBufferWriter<byte>();
    }

    public override void Complete()
    {
        ThrowIfComplete();
        _payload = _writer is null ? [] : _writer.WrittenSpan.ToArray();
    }

    private void ThrowIfComplete()
    {
        if (_payload is not null)
        {
            throw new InvalidOperationException("Serialization context is already completed.");
        }
    }
}

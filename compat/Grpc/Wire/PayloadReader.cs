using System.Buffers;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Hands a received payload to a marshaller. One is kept per thread, since marshallers do not wait.</summary>
internal sealed class PayloadReader : DeserializationContext
{
    [ThreadStatic]
    private static PayloadReader? Idle;

    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public static T Deserialize<T>(Func<DeserializationContext, T> deserializer, in ReadOnlySequence<byte> payload)
    {
        var reader = Idle ?? new PayloadReader();
        Idle = null;
        reader._payload = payload;
        try
        {
            return deserializer(reader);
        }
        finally
        {
            reader._payload = default;
            Idle = reader;
        }
    }

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;
}

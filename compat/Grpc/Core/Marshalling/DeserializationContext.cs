using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller finds the bytes of one received message.</summary>
public abstract class DeserializationContext
{
    /// <summary>How many bytes the message has.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>The message as bytes that the caller may keep.</summary>
    public virtual byte[] PayloadAsNewBuffer() => throw new NotSupportedException();

    /// <summary>The message in the transport's buffers: valid only until the marshaller returns.</summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw new NotSupportedException();
}
